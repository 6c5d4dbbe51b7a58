/**
 * The client's handshake over HTTP/1.1 (RFC 6455 §4.1).
 * In: a connected socket and a request. Out: what was agreed, and the socket, paused. Fails: rejects with `ConnectionError`, and the
 * socket is gone. Follows no redirect, so that no credential ever goes to a server that was not named (THREATS A11).
 */
import type { Duplex } from 'node:stream';
import type { Agreed, HandshakeRequest, HeadLimits } from '../protocol/index.ts';
import { AnswerReader } from './answer.ts';
import { broken, lost } from './dial-errors.ts';

export interface Shaking {
  /** From `requestHead`. */
  readonly head: string;
  readonly request: HandshakeRequest;
  readonly limits: Required<HeadLimits>;
}

export interface Shaken {
  readonly agreed: Agreed;
  readonly socket: Duplex;
  /** What came behind the answer. */
  readonly already: Buffer;
}

export function shakeHands(
  socket: Duplex,
  { head, request, limits }: Shaking,
  giveUp: AbortSignal,
): Promise<Shaken> {
  const reader = new AnswerReader(request, limits);
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
    const onClose = (): void => fail(lost('the server hung up during the handshake'));
    const onError = (cause: Error): void => fail(broken(socket, cause));
    const onData = (chunk: Buffer): void => {
      const size = reader.read(chunk);
      const { outcome } = reader;
      if (outcome instanceof Error) {
        fail(outcome);
      } else if (outcome !== undefined) {
        finish();
        resolve({ socket, already: chunk.subarray(size), agreed: outcome });
      }
    };
    giveUp.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('data', onData);
    if (giveUp.aborted || socket.destroyed) {
      fail(giveUp.aborted ? giveUp.reason : lost('the server hung up before the handshake'));
      return;
    }
    socket.write(head, 'latin1');
    socket.resume();
  });
}
