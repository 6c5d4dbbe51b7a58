/**
 * The programs of README and docs, run as they stand there, each in its own process, on the built package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../interop/chromium.ts';
import { createClient } from '../src/client/node/index.ts';
import { makeCertificate } from '../test/endpoint/certificates.ts';
import { type Program, startProgram } from './program.ts';

let running: Program[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.map((program) => program.end('SIGKILL')));
  running = [];
});

// Not after each: its programs are ended later, and may still be writing their positions.
afterAll(() => {
  for (const each of folders) {
    rmSync(each, { recursive: true, force: true });
  }
});

function run(
  file: string,
  words: readonly string[] = [],
  port = 0,
  env: Readonly<Record<string, string>> = {},
): Program {
  const command = ['node', `examples/${file}`, ...words];
  const program = startProgram(command, { PORT: String(port), ...env });
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

  it('through a proxy that the environment names', async () => {
    const { url } = await serve('echo/server.js');
    const targets: (string | undefined)[] = [];
    const proxy = createServer().on('connect', ({ url: target }, socket) => {
      targets.push(target);
      const onward = connect(Number(target!.split(':')[1]), 'localhost');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      pipeline(socket, onward, socket, () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const env = { http_proxy: `127.0.0.1:${port}`, no_proxy: '' };
    const client = run('echo/through-proxy.js', [url], 0, env);
    expect(await client.ended()).toBe(0);
    proxy.close();
    expect(client.printed()).toBe('hello through the proxy\n');
    expect(targets).toEqual([url.slice('ws://'.length, -1)]);
  });

  it('two on one connection of HTTP/2, which keeps nobody waiting at the end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shared-'));
    folders.push(folder);
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
    const made = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=a`;
    const files = ['-addext', names, '-keyout', key, '-out', cert];
    expect(spawnSync('openssl', [...made.split(' '), ...files]).status).toBe(0);
    const sessions: unknown[] = [];
    const server = createSecureServer({
      key: readFileSync(key),
      cert: readFileSync(cert),
      settings: { enableConnectProtocol: true },
    });
    server.on('session', (session) => sessions.push(session));
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.once('data', () => {
        const text = Buffer.from('hello on a stream');
        stream.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
        stream.once('data', () => stream.end(Buffer.from([0x88, 0])));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = run('echo/shared.js', [`wss://127.0.0.1:${port}/`, cert]);
    expect(await client.ended()).toBe(0);
    server.close();
    expect(client.printed()).toBe('hello on a stream\nhello on a stream\n');
    expect(sessions).toHaveLength(1);
  });
});

describe('testing', () => {
  it('an application and its clients, and an hour without a network between them', async () => {
    const bed = run('chat/testbed.js');
    expect(await bed.ended()).toBe(0);
    expect(bed.printed()).toBe('1040 ms: it is in the log\n3601080 ms: Bob reads Are you there?\n');
  });

  it('an hour of a network is over in a moment, and comes out the same each time', async () => {
    const faults = run('chat/faults.js');
    expect(await faults.ended()).toBe(0);
    expect(faults.printed()).toBe(
      [
        '40 ms: the phone is connected',
        '3601020 ms: the server hears a ping',
        '3602000 ms: the phone is told 1006',
        '3602000 ms: the server sees it go',
        '',
      ].join('\n'),
    );
  });
});

describe('the contract', () => {
  it('prints what the guide says', async () => {
    const program = run('contract/describe.js');
    expect(await program.ended()).toBe(0);
    const guide = readFileSync('docs/2-guides/contract.md', 'utf8');
    expect(program.printed()).toBe(/^```text\n([\s\S]*?)^```$/m.exec(guide)![1]);
  });

  it('holds clients to it on the server, as that guide says', async () => {
    const program = run('contract/rehearse.js');
    expect(await program.ended()).toBe(0);
    const guide = readFileSync('docs/2-guides/contract-server.md', 'utf8');
    expect(program.printed()).toBe(/^```text\n([\s\S]*?)^```$/m.exec(guide)![1]);
  });
});

describe('streams', () => {
  it('the digest that comes back is that of the file', async () => {
    const { url } = await serve('echo/digest-server.js');
    const client = run('echo/digest-client.js', ['package-lock.json', url]);
    expect(await client.ended()).toBe(0);
    const digest = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
    expect(client.printed()).toBe(`${digest}\n`);
  });
});

describe('watching', () => {
  it('each websocket is a line when it opens and one when it closes; the counters come last', async () => {
    const { server, url } = await serve('echo/watched-server.js');
    const client = run('echo/client.js', [url]);
    expect(await client.ended()).toBe(0);
    await server.saw(/^websocket:open \{"id":1,"role":"server","path":"\/".*\}$/m);
    await server.saw(/^websocket:close \{"id":1,.*"code":1000,"clean":true,"lastedMs":[\d.]+\}$/m);
    expect(await server.end('SIGINT')).toBe(0);
    expect(server.printed()).toMatch(
      /^\{"opened":1,"refused":0,"closed":1,.*"messagesSent":1,.*\}$/m,
    );
  });
});

describe('examples/browser-shape', () => {
  it('the WebSocket prints what it sent and how it closed, and ends', async () => {
    const { url } = await serve('echo/server.js');
    const client = run('browser-shape/websocket.js', [url]);
    expect(await client.ended()).toBe(0);
    expect(client.printed()).toBe('hello\n1000 done\n');
  });

  it('the WebSocketStream prints what it wrote and how it closed, and ends', async () => {
    const { url } = await serve('echo/server.js');
    const client = run('browser-shape/stream.js', [url]);
    expect(await client.ended()).toBe(0);
    expect(client.printed()).toBe('one\ntwo\n1005\n');
  });
});

describe('coming from ws', () => {
  it('a program for ws echoes, and ends', async () => {
    const program = run('echo/from-ws.js');
    expect(await program.ended()).toBe(0);
    expect(program.printed()).toBe('hello\n');
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

describe('accounts', () => {
  it('tokens end and are renewed on one connection; a ticket is good once', async () => {
    const { url } = await serve('chat/accounts-server.js');
    const client = run('chat/accounts-client.js', [url]);
    expect(await client.ended()).toBe(0);
    expect(client.printed()).toBe(
      '3 tokens, 1 connection\nby ticket: published\nagain: closed UNAUTHORISED\n',
    );
  });
});

describe('calls and rosters', () => {
  it('an order is packed and answered; one for too many is refused, with how many are left', async () => {
    const { url } = await serve('chat/orders-server.js');
    const client = run('chat/orders-client.js', [url]);
    expect(await client.ended()).toBe(0);
    expect(client.printed()).toBe(
      'packing\n2 of rope for Ada\nCALL_FAILED: so many are not left, 1 left\n',
    );
  });

  it('who comes is seen by all, and who is gone has left once', async () => {
    const { url } = await serve('chat/roster-server.js');
    const ada = run('chat/roster-client.js', [url, 'Ada']);
    await ada.saw(/^Ada is here$/m);
    const bob = run('chat/roster-client.js', [url, 'Bob']);
    await Promise.all([ada.saw(/^Bob is here$/m), bob.saw(/^Bob is here$/m)]);
    expect(bob.printed()).toBe('Ada is here\nBob is here\n');
    expect(ada.printed()).toBe('Ada is here\nBob is here\n');
  });
});

describe.each(['express', 'fastify', 'hono'])('examples/%s', (name) => {
  it('what is posted to it, a client of its websockets is told', async () => {
    const server = run(`${name}/server.js`);
    const [, port] = await server.saw(/http:\/\/localhost:(\d+)\//);
    const client = createClient(`ws://localhost:${port}/realtime`, { token: 'Ada' });
    try {
      const news = client.subscribe('news');
      await new Promise<void>((resolve) => {
        news.on('status', ({ status }) => status === 'live' && resolve());
      });
      const told = new Promise((resolve) => news.on('publication', resolve));
      const response = await fetch(`http://localhost:${port}/news`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: 'The line is up.',
      });
      expect(response.status).toBe(204);
      expect(await told).toMatchObject({ data: 'The line is up.' });
      await expect(client.publish('news', 'mine')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    } finally {
      client.close();
    }
    const page = await fetch(`http://localhost:${port}/news`, { method: 'PUT' });
    expect(page.status).toBe(404);
  });
});

describe('first steps', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'first-steps-'));
    folders.push(folder);
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

  it('the core of the client publishes, follows and reads back, with what stands beside it', async () => {
    const { url } = await serve('chat/server.js');
    const program = run('chat/small-client.js', ['hello', url]);
    expect(await program.ended()).toBe(0);
    expect(program.printed()).toBe('Ada said hello, and so many have spoken: 1\n');
  });

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
