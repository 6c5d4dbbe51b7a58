/**
 * The ways in which `tautline start` fails. That it works is for e2e.
 */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addStart, problemOf } from '../../standalone/commands/start.ts';

/** What was thrown, for `main` to print, and what commander printed itself. */
async function run(...words: readonly string[]): Promise<{ error: unknown; printed: string }> {
  let printed = '';
  const program = new Command('tautline').exitOverride().configureOutput({
    writeErr: (text) => {
      printed += text;
    },
  });
  addStart(program);
  try {
    await program.parseAsync(['node', 'tautline', ...words]);
    throw new Error('it has started');
  } catch (error) {
    return { error, printed };
  }
}

describe('a port that is none', () => {
  it.each(['65536', '-1', '1.5', 'http', ''])(
    '%j is refused with one line and exit code 1',
    async (port) => {
      const { error, printed } = await run('start', '--port', port);
      expect(printed).toBe(
        `error: option '-p, --port <number>' argument '${port}' is invalid. a port is a number from 0 to 65535.\n`,
      );
      expect(error).toBeInstanceOf(CommanderError);
      expect((error as CommanderError).exitCode).toBe(1);
    },
  );
});

describe('a port that is taken', () => {
  let other: Server;
  let port = 0;
  beforeAll(async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    port = (other.address() as AddressInfo).port;
  });
  afterAll(() => other.close());

  it('is said in one line, with what to do', async () => {
    const { error } = await run('--port', String(port));
    expect((error as Error).message).toBe(
      `port ${port} of 127.0.0.1 is taken: stop what listens there, or choose another with --port (0 for any)`,
    );
  });
});

describe('an address that cannot be had', () => {
  const failure = (code: string): Error => Object.assign(new Error(`listen ${code}`), { code });

  it.each([
    [
      'EACCES',
      'port 80 of a.example is not allowed for this user: choose one above 1023 with --port',
    ],
    ['EADDRNOTAVAIL', 'a.example is no address of this machine: choose one with --host'],
    ['ENOTFOUND', 'a.example is no address of this machine: choose one with --host'],
    ['EMFILE', 'listen EMFILE'],
  ])('%s', (code, message) => {
    expect(problemOf(failure(code), { host: 'a.example', port: 80 }).message).toBe(message);
  });
});
