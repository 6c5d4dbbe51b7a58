/**
 * One question on a socket, and its answer: a handshake, or a way through a proxy.
 * In: a connected socket, the head to send, and what is expected of the answer. Out: the outcome and the bytes behind it; the socket is
 * paused. Fails: rejects, and the socket is gone.
 */
import type { Duplex } from 'node:stream';
import type { HeadLimits } from '../protocol/index.ts';
import { AnswerReader, type Expectation } from './answer.ts';

export interface Question<Outcome> {
  readonly head: string;
  readonly expected: Expectation<Outcome>;
  readonly limits: Required<HeadLimits>;
  /** The socket ended before the answer did. */
  readonly hungUp: () => Error;
  readonly broke: (cause: Error) => Error;
}

export interface Answered<Outcome> {
  readonly outcome: Outcome;
  /** What came behind the answer. */
  readonly already: Buffer;
}

export function ask<Outcome extends object>(
  socket: Duplex,
  { head, expected, limits, hungUp, broke }: Question<Outcome>,
  giveUp: AbortSignal,
): Promise<Answered<Outcome>> {
  const reader = new AnswerReader(expected, limits);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      giveUp.removeEventListener('abort', onAbort);
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', onError);
      socket.pause();
    };
    const fail = (error: unknown): void => {
      finish();
      socket.destroy();
      reject(error as Error);
    };
    const onAbort = (): void => fail(giveUp.reason);
    const onClose = (): void => fail(hungUp());
    const onError = (cause: Error): void => fail(broke(cause));
    const onData = (chunk: Buffer): void => {
      const size = reader.read(chunk);
      const { outcome } = reader;
      if (outcome instanceof Error) {
        fail(outcome);
      } else if (outcome !== undefined) {
        finish();
        resolve({ outcome, already: chunk.subarray(size) });
      }
    };
    giveUp.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('data', onData);
    if (giveUp.aborted || socket.destroyed) {
      fail(giveUp.aborted ? giveUp.reason : hungUp());
      return;
    }
    socket.write(head, 'latin1');
    socket.resume();
  });
}
