/**
 * The client's handshake over HTTP/1.1 (RFC 6455 §4.1).
 * In: a connected socket and a request. Out: what was agreed, and the socket, paused. Fails: rejects with `ConnectionError`, and the
 * socket is gone. Follows no redirect, so that no credential ever goes to a server that was not named (THREATS A11).
 */
import type { Duplex } from 'node:stream';
import type { Agreed, HandshakeRequest, HeadLimits } from '../protocol/index.ts';
import { agreementTo } from './answer.ts';
import { ask } from './ask.ts';
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
  /** Says that what carries it, and others, seems to be dead. */
  readonly suspect?: () => void;
}

export async function shakeHands(
  socket: Duplex,
  { head, request, limits }: Shaking,
  giveUp: AbortSignal,
): Promise<Shaken> {
  const question = {
    head,
    limits,
    expected: agreementTo(request),
    hungUp: () => lost('the server hung up during the handshake'),
    broke: (cause: Error) => broken(socket, cause),
  };
  const { outcome: agreed, already } = await ask(socket, question, giveUp);
  return { socket, already, agreed };
}
