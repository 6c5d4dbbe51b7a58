/**
 * The server's answer to our request (RFC 6455 §4.1).
 * In: chunks. Out: what was agreed, or why there is no websocket, and where the bytes behind the answer begin. Answers that only say
 * that another is to come are passed over (RFC 9110 §15.2); all heads together have one limit.
 */
import {
  type Agreed,
  checkResponse,
  type HandshakeRequest,
  type HeadLimits,
  HeadReader,
  isInterim,
  type ResponseFault,
} from '../protocol/index.ts';
import { refused } from './dial-errors.ts';
import type { ConnectionError } from './errors.ts';

export class AnswerReader {
  /** Undefined while the answer is not whole. */
  outcome: Agreed | ConnectionError | undefined;

  private readonly request: HandshakeRequest;
  private readonly maxHeaders: number;
  private bytesLeft: number;
  private reader: HeadReader;

  constructor(request: HandshakeRequest, { maxHeadBytes, maxHeaders }: Required<HeadLimits>) {
    this.request = request;
    this.maxHeaders = maxHeaders;
    this.bytesLeft = maxHeadBytes;
    this.reader = this.nextReader();
  }

  /** Gives how many bytes of the chunk were read: all, unless `outcome` is set. */
  read(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.outcome === undefined) {
      const size = this.reader.read(chunk.subarray(at));
      at += size;
      this.bytesLeft -= size;
      const { head, fault } = this.reader;
      if (fault !== undefined) {
        this.outcome = refused('HANDSHAKE_REFUSED', 'the answer is not HTTP/1.1', { fault });
      } else if (head !== undefined && isInterim(head)) {
        this.reader = this.nextReader();
      } else if (head !== undefined) {
        const answer = checkResponse(head, this.request);
        this.outcome = 'name' in answer ? refusedBy(answer) : answer;
      }
    }
    return at;
  }

  private nextReader(): HeadReader {
    return new HeadReader({ maxHeadBytes: this.bytesLeft, maxHeaders: this.maxHeaders });
  }
}

function refusedBy({ name: fault, message, status }: ResponseFault): ConnectionError {
  return refused('HANDSHAKE_REFUSED', message, { fault, status });
}
