/**
 * Whether `io: 'handle'` works in this process: tried once, over a real connection, before anything depends on it.
 * In: nothing. Out: a promise that resolves when it does. Fails: rejects with `UsageError` `IO_UNAVAILABLE`.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { UsageError } from '../protocol/index.ts';
import { type HandleLine, loadInternals, takeOver } from './handle-io.ts';

const withinMs = 5000;
/** As many of these as the buffers of both sides take at once; above `maxBlocks` they are taken to have no end. */
const blockBytes = 1024 * 1024;
const maxBlocks = 256;

let trial: Promise<void> | undefined;
let hasSucceeded = false;

/** @throws {UsageError} `IO_UNAVAILABLE` when what it leans on is not there at all. */
export function needHandleIo(): void {
  const missing = loadInternals();
  if (missing !== undefined) {
    throw unavailable(missing);
  }
}

/** Whoever asks later gets the same answer. */
export function tryHandleIo(): Promise<void> {
  trial ??= run();
  return trial;
}

/** Only after the trial. */
export function hasHandleIo(): boolean {
  return hasSucceeded;
}

async function run(): Promise<void> {
  needHandleIo();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  let cancel: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    cancel = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
  });
  const open: (Socket | HandleLine)[] = [];
  try {
    await Promise.race([converse(server, open), tooLate]);
    hasSucceeded = true;
  } catch (error) {
    throw unavailable((error as Error).message);
  } finally {
    clearTimeout(cancel);
    for (const some of open) {
      some.destroy();
    }
    server.close();
  }
}

/** Reads, writes what is taken at once and what is not, is ended by the peer, ends; a second is cut. */
async function converse(server: Server, open: (Socket | HandleLine)[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const [line, far] = await meet(server, port, open);
  const told = listen(line);

  far.write('ping');
  await until(() => told.heard === 'ping', told);
  await exchange(line, far, told);
  far.end();
  await until(() => told.hasHalfEnded, told);
  const farEnded = new Promise((resolve) => far.once('end', resolve));
  line.end();
  await farEnded;
  await until(() => told.hasEnded, told);

  const [cut, other] = await meet(server, port, open);
  const toldOfCut = listen(cut);
  must((await count(server)) === 1, 'the server counts wrong');
  const otherGone = new Promise((resolve) => other.once('close', resolve));
  other.resume();
  cut.destroy();
  cut.write(Buffer.from('nothing'));
  await until(() => toldOfCut.hasEnded, toldOfCut);
  other.end();
  await otherGone;
  must((await count(server)) === 0, 'the server counts wrong');
}

/** A write that is taken at once, then some until one is not. All of them arrive. */
async function exchange(line: HandleLine, far: Socket, told: Told): Promise<void> {
  line.write(Buffer.from('pong'));
  must(line.writableLength === 0, 'a small write was not taken at once');
  const block = Buffer.alloc(blockBytes, 7);
  let blocks = 0;
  while (line.writableLength === 0 && blocks < maxBlocks) {
    line.write(block);
    blocks += 1;
  }
  must(line.writableLength === blockBytes, 'no large write was refused');
  let received = 0;
  let last = 0;
  far.on('data', (chunk: Buffer) => {
    received += chunk.length;
    last = chunk[chunk.length - 1]!;
    told.look();
  });
  await until(() => received === blocks * blockBytes + 4 && told.written === 1, told);
  must(last === 7 && line.writableLength === 0, 'a large write arrived otherwise');
}

async function meet(
  server: Server,
  port: number,
  open: (Socket | HandleLine)[],
): Promise<readonly [HandleLine, Socket]> {
  const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  open.push(far);
  const failed = new Promise<never>((_, reject) => far.on('error', reject));
  const near = await Promise.race([arrived, failed]);
  const line = takeOver(near);
  if (line === undefined) {
    near.destroy();
    throw new Error('a socket could not be taken over');
  }
  open.push(line);
  return [line, far];
}

interface Told {
  heard: string;
  written: number;
  hasHalfEnded: boolean;
  hasEnded: boolean;
  /** Something happened. */
  look: () => void;
}

function listen(line: HandleLine): Told {
  const told: Told = {
    heard: '',
    written: 0,
    hasHalfEnded: false,
    hasEnded: false,
    look() {},
  };
  line.owner = {
    turn(chunk) {
      told.heard += Buffer.from(chunk).toString();
      told.look();
    },
    written() {
      told.written += 1;
      told.look();
    },
    halfEnded() {
      told.hasHalfEnded = true;
      told.look();
    },
    ended() {
      told.hasEnded = true;
      told.look();
    },
  };
  line.start();
  line.resume();
  return told;
}

async function until(isTrue: () => boolean, told: Told): Promise<void> {
  while (!isTrue()) {
    await new Promise<void>((resolve) => {
      told.look = resolve;
    });
  }
}

function must(isTrue: boolean, otherwise: string): void {
  if (!isTrue) {
    throw new Error(otherwise);
  }
}

function count(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, connections) => resolve(error ? -1 : connections));
  });
}

function unavailable(why: string): UsageError {
  return new UsageError(
    'IO_UNAVAILABLE',
    `io: 'handle' is not to be had here (${why}): leave the option out`,
  );
}
