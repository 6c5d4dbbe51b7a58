/**
 * Messages larger than memory: one of 4 GiB there and back, between two processes that stay small.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, startProgram } from './program.ts';

const mebibytes = 4096;
/** How much either process may grow, in KiB. */
const mostGrowth = 100 * 1024;

const running: Program[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
});

function run(file: string, words: readonly string[] = []): Program {
  const program = startProgram(['node', `e2e/streams/${file}`, ...words]);
  running.push(program);
  return program;
}

async function peakOf(program: Program, times: number): Promise<number> {
  program.type('peak?');
  const found = await program.saw(new RegExp(`(?:peak (\\d+)\\s+){${times}}`));
  return Number(found[1]);
}

describe('sendStream and streams', () => {
  it('carry one message of 4 GiB both ways, and neither process grows by 100 MiB', async () => {
    const server = run('echo.mjs');
    const [, port] = await server.saw(/port (\d+)/);
    const before = await peakOf(server, 1);
    const client = run('client.mjs', [`ws://127.0.0.1:${port}/`, String(mebibytes)]);
    expect(await client.ended()).toBe(0);
    const told = JSON.parse(client.printed()) as Record<
      'bytes' | 'wrong' | 'before' | 'after',
      number
    >;
    expect([told.bytes, told.wrong]).toEqual([mebibytes * 1024 * 1024, 0]);
    expect(told.after - told.before).toBeLessThan(mostGrowth);
    expect((await peakOf(server, 2)) - before).toBeLessThan(mostGrowth);
  });
});
