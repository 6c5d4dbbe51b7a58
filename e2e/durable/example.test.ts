/**
 * The chat whose log outlives its server: examples/chat/durable-server.js.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Program, startProgram } from '../program.ts';

let folder: string;
let running: Program[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tautline-chat-'));
});
afterEach(async () => {
  await Promise.all(running.map((program) => program.end('SIGKILL')));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

function run(file: string, words: readonly string[] = [], port = 0): Program {
  const env = { PORT: String(port), FOLDER: join(folder, 'log') };
  const program = startProgram(['node', `examples/chat/${file}`, ...words], env);
  running.push(program);
  return program;
}

async function serve(port = 0): Promise<{ readonly server: Program; readonly url: string }> {
  const server = run('durable-server.js', [], port);
  const [url] = await server.saw(/ws:\/\/localhost:\d+\//);
  return { server, url };
}

it('a server that was killed is no gap to a follower, whether it stayed or comes back', async () => {
  const { server, url } = await serve();
  const follow = async (name: string): Promise<Program> => {
    const follower = run('follow.js', [join(folder, name), url]);
    await follower.saw(/^Up to date\.$/m);
    return follower;
  };
  const stays = await follow('stays');
  const leaves = await follow('leaves');
  await run('say.js', ['one', url]).ended();
  await stays.saw(/^Ada one$/m);
  await leaves.saw(/^Ada one$/m);
  await leaves.end('SIGINT');
  await server.end('SIGKILL');
  const again = await serve(Number(new URL(url).port));
  await run('say.js', ['two', url]).ended();
  await stays.saw(/^Ada two$/m);
  expect(stays.printed()).not.toContain('missing');
  const back = await follow('leaves');
  // It may have been stopped before it kept its place behind what it printed.
  expect(back.printed()).toMatch(/^(?:Ada one\n)?Ada two\nUp to date\.\n$/);
  await Promise.all([stays.end('SIGKILL'), back.end('SIGKILL')]);
  expect(await again.server.end('SIGINT')).toBe(0);
});
