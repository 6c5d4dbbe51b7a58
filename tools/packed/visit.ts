/**
 * A first visit to the installed server: by its command, its page and its websocket.
 * In: a project in which it is installed. Out: nothing, and exit code 0. Fails: with the step that went wrong.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

type ClientDoor = typeof import('../../src/client/node/index.ts');

export interface Patience {
  /** Time for the server to say where it is, in milliseconds. */
  readonly upWithinMs: number;
  /** Time for it to end when it is told to, in milliseconds. */
  readonly downWithinMs: number;
}

export async function visit(
  project: string,
  { upWithinMs, downWithinMs }: Patience = { upWithinMs: 20_000, downWithinMs: 20_000 },
): Promise<void> {
  const command = join(project, 'node_modules/.bin/tautline');
  const child = spawn(command, ['start', '--port', '0'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    const url = await within(upWithinMs, 'the server did not say where it is', announced(child));
    await readPages(url);
    await publishTo(url, project);
    child.kill('SIGTERM');
    const code = await within(downWithinMs, 'the server did not end on SIGTERM', ended);
    if (code !== 0) {
      throw new Error(`the server ended on SIGTERM with exit code ${code}, not 0`);
    }
  } finally {
    child.kill('SIGKILL');
  }
}

function announced(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const read = (text: Buffer): void => {
      printed += text.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed);
      if (found !== null) {
        resolve(found[0]);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the server ended:\n${printed}`)));
  });
}

/** The page, and each script and style it names. */
async function readPages(url: string): Promise<void> {
  const page = await read(url, 'text/html');
  const names = [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)];
  const files = names
    .map(([, name]) => new URL(name!, url))
    .filter(({ origin }) => url.startsWith(origin));
  if (files.length === 0) {
    throw new Error(`${url} names no script: it is not the page that was built`);
  }
  for (const file of files) {
    await read(file.href, file.pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
  }
}

async function read(url: string, type: string): Promise<string> {
  const response = await fetch(url);
  const found = response.headers.get('content-type') ?? 'no type';
  if (response.status !== 200 || !found.startsWith(type)) {
    throw new Error(`${url} answers ${response.status} with ${found}, not 200 with ${type}`);
  }
  return response.text();
}

/** By the door that the project would open. It resolves when the server has taken the message. */
async function publishTo(url: string, project: string): Promise<void> {
  const door = createRequire(join(project, 'package.json')).resolve('tautline/client');
  const { createClient } = (await import(pathToFileURL(door).href)) as ClientDoor;
  const client = createClient(`${url.replace('http', 'ws')}realtime`, { token: 'Ada' });
  try {
    await client.publish('chat/lobby', { text: 'Is the line up?' });
  } finally {
    client.close();
  }
}

async function within<T>(ms: number, what: string, awaited: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await visit(process.argv[2]!);
}
