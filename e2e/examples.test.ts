/**
 * The programs of README and docs, run as they stand there, each in its own process, on the built package.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../interop/chromium.ts';
import { makeCertificate } from '../test/endpoint/certificates.ts';
import { type Program, startProgram } from './program.ts';

let running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.map((program) => program.end('SIGKILL')));
  running = [];
});

function run(file: string, words: readonly string[] = [], port = 0): Program {
  const program = startProgram(['node', `examples/${file}`, ...words], { PORT: String(port) });
  running.push(program);
  return program;
}

/** Where the server says it is. */
async function serve(file: string, port = 0): Promise<{ server: Program; url: string }> {
  const server = run(file, [], port);
  const [url] = await server.saw(/ws:\/\/localhost:\d+\//);
  return { server, url };
}

describe('examples/echo', () => {
  it('the client prints what it sent, and ends', async () => {
    const { url } = await serve('echo/server.js');
    const client = run('echo/client.js', [url]);
    expect(await client.ended()).toBe(0);
    expect(client.printed()).toBe('hello\n');
  });
});

describe('examples/echo/http2.js', () => {
  it('a page opens its websocket on the connection that it came by', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'http2-'));
    const { key, cert } = makeCertificate({ names: ['localhost'] });
    const env = { KEY: join(folder, 'key.pem'), CERT: join(folder, 'cert.pem'), PORT: '0' };
    writeFileSync(env.KEY, key);
    writeFileSync(env.CERT, cert);
    const server = startProgram(['node', 'examples/echo/http2.js'], env);
    running.push(server);
    const [url] = await server.saw(/https:\/\/localhost:\d+\//);
    rmSync(folder, { recursive: true, force: true });
    const browser = await launchChromium(['--ignore-certificate-errors']);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByText('hello over HTTP/2.0').waitFor();
    await browser.close();
  });
});

describe('examples/chat', () => {
  it('what the first client says, both see, and what the second says, both see, each once', async () => {
    const { url } = await serve('chat/server.js');
    const ada = run('chat/client.js', [url, 'Ada']);
    const bob = run('chat/client.js', [url, 'Bob']);
    await Promise.all([ada.saw(/^live$/m), bob.saw(/^live$/m)]);
    ada.type('Is the line up?');
    await bob.saw(/^Ada Is the line up\?$/m);
    bob.type('Taut as a bowstring.');
    await Promise.all([ada.saw(/^Bob Taut/m), bob.saw(/^Bob Taut/m)]);
    const expected = 'catchingUp\nlive\nAda Is the line up?\nBob Taut as a bowstring.\n';
    expect(ada.printed()).toBe(expected);
    expect(bob.printed()).toBe(expected);
  });
});

describe('first steps', () => {
  let folder = '';
  const folders: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'first-steps-'));
    folders.push(folder);
  });
  // Not after each: its programs are ended later, and may still be writing their positions.
  afterAll(() => {
    for (const each of folders) {
      rmSync(each, { recursive: true, force: true });
    }
  });

  async function say(url: string, ...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const program = run('chat/say.js', [text, url]);
      expect(await program.ended()).toBe(0);
      expect(program.printed()).toMatch(/^[^:\s]+:\d+:[^:\s]+\n$/);
    }
  }

  async function follow(url: string): Promise<Program> {
    const follower = run('chat/follow.js', [join(folder, 'position.txt'), url]);
    await follower.saw(/^Up to date\.$/m);
    return follower;
  }

  it('a follower that was stopped prints what it missed, once and in order', async () => {
    const { url } = await serve('chat/server.js');
    const follower = await follow(url);
    await say(url, 'one');
    await follower.saw(/^Ada one$/m);
    await follower.end('SIGINT');
    await say(url, 'two', 'three');
    const again = await follow(url);
    expect(again.printed()).toBe('Ada two\nAda three\nUp to date.\n');
  });

  it('a server that was started again is a gap: epoch to a follower that stayed', async () => {
    const { server, url } = await serve('chat/server.js');
    const follower = await follow(url);
    await say(url, 'one');
    await follower.saw(/^Ada one$/m);
    await server.end('SIGINT');
    await serve('chat/server.js', Number(new URL(url).port));
    await follower.saw(/^Messages are missing here: epoch$/m);
    await say(url, 'two');
    await follower.saw(/^Ada two$/m);
  });

  it('who was away for longer than the log remembers is told gap: trimmed, then the last three', async () => {
    const { url } = await serve('chat/short-log.js');
    const follower = await follow(url);
    await say(url, 'one');
    await follower.saw(/^Ada one$/m);
    await follower.end('SIGINT');
    await say(url, 'two', 'three', 'four', 'five', 'six');
    const again = await follow(url);
    expect(again.printed()).toBe(
      'Messages are missing here: trimmed\nAda four\nAda five\nAda six\nUp to date.\n',
    );
  });
});
