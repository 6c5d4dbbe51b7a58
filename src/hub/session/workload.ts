/**
 * What one client has asked and what is being worked on: bounded before its hello is answered, and after.
 * In: requests, in their order. Out: their answers, sent by those who work on them. Fails: what is too much is refused, and what rejects is
 * answered with BROKER_UNAVAILABLE.
 */
import { sizeOf } from '../data.ts';
import type { Asker } from './asker.ts';
import { begin, type Request } from './requests.ts';
import { lost } from './signalling.ts';

export class Workload {
  private readonly session: Asker;
  /** Came before the hello was answered. Bounded by maxPending, and by maxOutletBytes. */
  private early: Request[] = [];
  private earlyBytes = 0;
  private pending = 0;

  constructor(session: Asker) {
    this.session = session;
  }

  /** For when the hello is answered. */
  keep(request: Request): void {
    const { maxPending, maxOutletBytes } = this.session.hub.limits;
    const bytes = this.earlyBytes + weightOf(request);
    if (this.early.length < maxPending && bytes <= maxOutletBytes) {
      this.early.push(request);
      this.earlyBytes = bytes;
    } else {
      this.refuse(request);
    }
  }

  /** It is answered. */
  begin(): void {
    for (const request of this.early.splice(0)) {
      this.work(request);
    }
  }

  /** The client has gone: of what was kept nothing is done. */
  end(): void {
    this.early = [];
  }

  work(request: Request): void {
    const { session } = this;
    if (!session.isOpen) {
      return;
    }
    if (this.pending >= session.hub.limits.maxPending && !instant.has(request.type)) {
      this.refuse(request);
      return;
    }
    const working = begin(session, request);
    if (working !== undefined) {
      this.pending += 1;
      void working
        .catch((error: unknown) => this.fail(request, error))
        .finally(() => {
          this.pending -= 1;
        });
    }
  }

  private fail(request: Request, error: unknown): void {
    const { session } = this;
    if (request.type === 'signal') {
      lost(session, request, error);
    } else {
      session.refuseFor(request.id, error);
    }
  }

  private refuse(request: Request): void {
    const { session } = this;
    const message = 'too many requests wait for their answers';
    if (request.type === 'signal') {
      session.signalled(request, 'TOO_MANY_REQUESTS');
    } else if (instant.has(request.type)) {
      session.hub.notes.refused(session.id, 'TOO_MANY_REQUESTS');
    } else {
      session.refuse(request.id, 'TOO_MANY_REQUESTS', message, { retryable: true });
    }
  }
}

/** Done at once and never answered: no request waits behind them, and their ids are those of others. */
const instant: ReadonlySet<Request['type']> = new Set(['cancel', 'answer', 'decline']);

/** What keeping it costs, about. */
function weightOf(request: Request): number {
  return 'data' in request && request.data instanceof Uint8Array
    ? request.data.length
    : sizeOf(request);
}
