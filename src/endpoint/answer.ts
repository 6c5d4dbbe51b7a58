/**
 * What a server, or a proxy, says to what was asked of it (RFC 9112 §2).
 * In: chunks. Out: what the answer comes to, and where the bytes behind it begin. Answers that only say that another is to come are
 * passed over (RFC 9110 §15.2); all heads together have one limit (THREATS A5).
 */
import {
  type Agreed,
  checkResponse,
  type HandshakeRequest,
  type Head,
  type HeadLimits,
  HeadReader,
  isInterim,
} from '../protocol/index.ts';
import { refused } from './dial-errors.ts';
import type { ConnectionError } from './errors.ts';

/** What heads mean to whoever asked. */
export interface Expectation<Outcome> {
  /** Undefined: another head is to come. */
  judge(head: Head): Outcome | ConnectionError | undefined;
  /** What came is no head. */
  malformed(fault: string): ConnectionError;
}

export class AnswerReader<Outcome extends object> {
  /** Undefined while the answer is not whole. */
  outcome: Outcome | ConnectionError | undefined;

  private readonly expected: Expectation<Outcome>;
  private readonly maxHeaders: number;
  private bytesLeft: number;
  private reader: HeadReader;

  constructor(expected: Expectation<Outcome>, { maxHeadBytes, maxHeaders }: Required<HeadLimits>) {
    this.expected = expected;
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
        this.outcome = this.expected.malformed(fault);
      } else if (head !== undefined) {
        this.outcome = this.expected.judge(head);
        this.reader = this.nextReader();
      }
    }
    return at;
  }

  private nextReader(): HeadReader {
    return new HeadReader({ maxHeadBytes: this.bytesLeft, maxHeaders: this.maxHeaders });
  }
}

/** A server is to agree to our request (RFC 6455 §4.1). */
export function agreementTo(request: HandshakeRequest): Expectation<Agreed> {
  return {
    judge(head) {
      if (isInterim(head)) {
        return undefined;
      }
      const answer = checkResponse(head, request);
      if (!('name' in answer)) {
        return answer;
      }
      const { name: fault, message, status } = answer;
      return refused('HANDSHAKE_REFUSED', message, { fault, status });
    },
    malformed: (fault) => refused('HANDSHAKE_REFUSED', 'the answer is not HTTP/1.1', { fault }),
  };
}
