/**
 * What the server asks one client: questions that await their answers.
 * In: questions of the application, answers of the client. Out: a promise each. Fails: the promise rejects with an `AskError` when the client
 * declines, the time is up, the application changes its mind, or the session ends; answers that nobody awaits, late, double or invented, are
 * ignored.
 */

import type { Clock } from '../../ground/clock.ts';
import type { Answer, Decline, ServerMessage } from '../../wire/index.ts';
import type { CallSignal } from './methods.ts';
import { requireSayable } from './sayable.ts';

/** @codes Why the client gave no answer. */
export type AskErrorCode =
  | 'METHOD_UNKNOWN'
  | 'CALL_FAILED'
  | 'CALL_TOO_LATE'
  | 'CALL_CANCELLED'
  | 'SESSION_ENDED'
  | 'TOO_MANY_REQUESTS';

/** A client did not answer what it was asked: a rejection. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly code: AskErrorCode;
  /** The same question may be answered later. */
  readonly retryable: boolean;

  constructor(code: AskErrorCode, message: string) {
    super(message);
    this.code = code;
    this.retryable = code === 'CALL_TOO_LATE' || code === 'TOO_MANY_REQUESTS';
  }
}

/** How long a question waits, and how it is withdrawn. */
export interface AskOptions {
  /** Time for the answer, in milliseconds; then CALL_TOO_LATE. @default 10_000 */
  readonly withinMs?: number;
  /** Aborted, it withdraws the question: CALL_CANCELLED. */
  readonly signal?: CallSignal;
}
export const askDefaults: Required<Omit<AskOptions, 'signal'>> = { withinMs: 10_000 };

/** A session, as its questions see it. */
export interface Asked {
  readonly isOpen: boolean;
  tell(message: ServerMessage): void;
}

export interface AskNeeds {
  readonly clock: Clock;
  /** Questions that may be open to one session. */
  readonly maxOpen: number;
  readonly maxDataBytes: number;
}

interface Question {
  answer(data: unknown): void;
  fail(error: AskError): void;
}

/** One for each session. A question does not outlive the connection on which it was asked: only the application knows if it still matters. */
export class Asks {
  private readonly asked: Asked;
  private readonly needs: AskNeeds;
  private readonly open = new Map<number, Question>();
  private lastId = 0;

  constructor(asked: Asked, needs: AskNeeds) {
    this.asked = asked;
    this.needs = needs;
  }

  get size(): number {
    return this.open.size;
  }

  /**
   * Resolves with what the client answers: hostile input, as everything that comes from clients.
   * @throws {AskError} As a rejection.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`.
   */
  async ask(method: string, data: unknown, options: AskOptions = {}): Promise<unknown> {
    const { signal, withinMs = askDefaults.withinMs } = options;
    requireSayable(data, this.needs.maxDataBytes);
    if (!this.asked.isOpen) {
      throw sessionEnded();
    }
    if (signal?.aborted === true) {
      throw new AskError('CALL_CANCELLED', 'the question was withdrawn');
    }
    if (this.open.size >= this.needs.maxOpen) {
      throw new AskError('TOO_MANY_REQUESTS', 'too many questions await their answers');
    }
    this.lastId += 1;
    const id = this.lastId;
    const answer = this.await(id, withinMs, signal);
    this.asked.tell({ type: 'ask', id, method, data, withinMs });
    return answer;
  }

  answered({ id, data }: Answer): void {
    this.open.get(id)?.answer(data);
  }

  declined({ id, code, message }: Decline): void {
    this.open.get(id)?.fail(new AskError(code, message));
  }

  /** The session has ended, or goes on by another connection. */
  end(): void {
    for (const question of this.open.values()) {
      question.fail(sessionEnded());
    }
  }

  private await(id: number, withinMs: number, signal: CallSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = (): void => this.withdraw(id, 'CALL_TOO_LATE');
      const cancelled = (): void => this.withdraw(id, 'CALL_CANCELLED');
      const cancelLate = this.needs.clock.after(withinMs, late);
      signal?.addEventListener('abort', cancelled);
      const leave = (): void => {
        this.open.delete(id);
        cancelLate();
        signal?.removeEventListener('abort', cancelled);
      };
      this.open.set(id, {
        answer: (data) => {
          leave();
          resolve(data);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      });
    });
  }

  /** The client is told: it may be at work on it. */
  private withdraw(id: number, code: 'CALL_CANCELLED' | 'CALL_TOO_LATE'): void {
    const why = code === 'CALL_TOO_LATE' ? 'no answer came in time' : 'the question was withdrawn';
    this.asked.tell({ type: 'revoke', id });
    this.open.get(id)?.fail(new AskError(code, why));
  }
}

function sessionEnded(): AskError {
  return new AskError('SESSION_ENDED', 'the session has ended');
}
