/**
 * Which way bytes go in and out of a socket.
 * In: what the application chose, and a socket. Out: a line. Fails: `UsageError`, when a way is not to be had.
 */
import type { Duplex } from 'node:stream';
import { UsageError } from '../protocol/index.ts';
import { takeOver } from './handle-io.ts';
import { hasHandleIo, needHandleIo, tryHandleIo } from './handle-trial.ts';
import type { Line } from './line.ts';
import { SocketLine } from './socket-line.ts';

/** How bytes go in and out: by the streams of Node, or by the handles below them (docs/2-guides/handle-io.md). */
export type Io = 'socket' | 'handle';

/** Begins the trial, where there is need of one: see `whenTried`. @throws {UsageError} `OPTION_INVALID`, `IO_UNAVAILABLE` */
export function checkedIo(io: Io): Io {
  if (io !== 'socket' && io !== 'handle') {
    throw new UsageError('OPTION_INVALID', `io is 'socket' or 'handle', not ${String(io)}`);
  }
  if (io === 'handle') {
    needHandleIo();
    // Whoever does not wait for it goes on with sockets, and hears why.
    tryHandleIo().catch((error: Error) => process.emitWarning(error));
  }
  return io;
}

/** Resolves when `io` may be used. Rejects with `UsageError` `IO_UNAVAILABLE`. */
export async function whenTried(io: Io): Promise<void> {
  if (io === 'handle') {
    await tryHandleIo();
  }
}

/** Streams that are no plain sockets, and sockets that are not at rest, stay what they are. */
export function lineOn(socket: Duplex, io: Io): Line {
  const taken = io === 'handle' && hasHandleIo() ? takeOver(socket) : undefined;
  return taken ?? new SocketLine(socket);
}
