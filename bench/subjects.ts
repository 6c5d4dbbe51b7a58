/**
 * The servers under test, each in a process of its own.
 * In: a name. Out: a port and a process. Fails: `Absent` when this machine or this version has no such subject; else throws.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Tools } from './build.ts';
import { pinned, serverCore } from './pin.ts';

export type SubjectName = 'tautline' | 'handle' | 'ws' | 'bun' | 'raw' | 'hub';

export const subjectTitles: Readonly<Record<SubjectName, string>> = {
  tautline: 'Tautline',
  handle: 'Tautline, `io: handle`',
  ws: 'ws',
  bun: 'Bun',
  raw: 'raw epoll',
  hub: 'Tautline, hub',
};

/** What a server is asked for besides plain websockets. */
export interface Needs {
  readonly tls?: boolean;
  readonly deflate?: boolean;
}

export interface Subject {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Not to be had here. Not a failure: the table has an empty cell. */
export class Absent extends Error {
  override readonly name = 'Absent';
}

/** Long enough for a machine that does other things as well, in milliseconds. */
const startWithinMs = 20_000;

export async function startSubject(
  name: SubjectName,
  needs: Needs,
  { node, tools }: { readonly node: string; readonly tools: Tools },
): Promise<Subject> {
  if (name === 'raw' && (needs.tls === true || needs.deflate === true)) {
    throw new Absent('the raw server speaks neither TLS nor compression');
  }
  const [program, ...args] = pinned(serverCore, [
    ...commandOf(name, node, tools),
    ...(needs.tls === true ? ['--key', tools.key, '--cert', tools.cert] : []),
    ...(needs.deflate === true ? ['--deflate'] : []),
  ]);
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  const told = JSON.parse(await firstLine(child)) as { port?: number; absent?: string };
  if (told.port === undefined) {
    await stop();
    throw new Absent(told.absent);
  }
  return { port: told.port, pid: child.pid!, stop };
}

function commandOf(name: SubjectName, node: string, { rawServer }: Tools): readonly string[] {
  switch (name) {
    case 'raw':
      return [rawServer];
    case 'bun':
      return [bun, pathOf('servers/bun.mjs')];
    case 'handle':
      return [node, '--expose-gc', pathOf('servers/tautline.mjs'), '--io', 'handle'];
    default:
      return [node, '--expose-gc', pathOf(`servers/${name}.mjs`)];
  }
}

export const bun: string = pathOf('../node_modules/bun/bin/bun.exe');

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server does not start')), startWithinMs);
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the server under test ended')));
    createInterface(child.stdout!).once('line', (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}
