/**
 * One call under way: judged, claimed, run, and ended once, whatever else happens to it.
 * In: who calls what, and by when. Out: progress and one outcome, told to whoever calls now; the same outcome kept for a retry. Fails: never;
 * what the engine cannot do is BROKER_UNAVAILABLE, and what is not known is ANSWER_UNKNOWN.
 */
import { backoffMs } from '../../ground/backoff.ts';
import type { Cancel, Clock } from '../../ground/clock.ts';
import { BrokerError, type Claims, type Policy, type Post } from '../../ports/index.ts';
import type { Call, ServerMessage } from '../../wire/index.ts';
import { judge } from '../denied.ts';
import type { Notes } from '../notes.ts';
import { isOfApplication } from '../presence/asked-channel.ts';
import { Rest } from '../rest.ts';
import { asking, type Whom } from '../whom.ts';
import { CallClaim, type Known } from './call-claim.ts';
import { type CallContext, CallError, type Method } from './methods.ts';
import type { CallLimits } from './options.ts';
import { messageFor, type Outcome, outcomeOfError, outcomeOfResult } from './outcome.ts';
import { requireSayable } from './sayable.ts';

/** A session, as its calls see it. */
export interface Caller {
  readonly id: string;
  readonly whom: Whom;
  readonly isOpen: boolean;
  /** What is told after its end goes nowhere. */
  tell(message: ServerMessage): void;
  room(): Promise<void> | undefined;
}

export interface CallNeeds {
  readonly claims: Claims;
  readonly post: Post;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly notes: Notes;
  readonly limits: Required<CallLimits>;
  /** Of an answer, a part of it, and what is said of a failure. */
  readonly maxDataBytes: number;
  readonly methods: ReadonlyMap<string, Method>;
  /** A number from 0 up to, not including, 1. */
  chance(): number;
  /** Whether this life of a node goes on. */
  isAlive(node: string): Promise<boolean>;
}

/** How often a call that runs elsewhere is looked at. */
const looking = { firstMs: 100, maxMs: 1_000, factor: 2 };

const tooLate: Outcome = { code: 'CALL_TOO_LATE', message: 'the call took too long' };
const cancelled: Outcome = { code: 'CALL_CANCELLED', message: 'the call was cancelled' };
const unknown: Outcome = {
  code: 'ANSWER_UNKNOWN',
  message: 'the call may have run, and its answer is not known',
};
const noChannel: Outcome = {
  code: 'CHANNEL_INVALID',
  message: 'this cannot be the name of a channel',
};
const noMethod: Outcome = { code: 'METHOD_UNKNOWN', message: 'there is no such method' };

/** Where the topic is on which a node hears of calls that it runs. */
export function callsTopic(node: string): string {
  return `~calls:${node}`;
}

export class OneCall {
  /** Resolves when it has ended, and the caller was told. */
  readonly ended: Promise<void>;
  private caller: Caller;
  private readonly request: Call;
  private readonly needs: CallNeeds;
  private readonly name: string;
  private readonly claim: CallClaim;
  private readonly controller = new AbortController();
  private readonly cancelDeadline: Cancel;
  private onEnd!: () => void;
  private outcome: Outcome | undefined;
  private keeping: Promise<void> | undefined;
  private parts = 0;
  /** Which other node runs it. */
  private elsewhere: string | undefined;
  private readonly rest: Rest;

  constructor(caller: Caller, request: Call, needs: CallNeeds) {
    const { clock, claims, limits } = needs;
    const withinMs = Math.min(request.withinMs, limits.maxCallMs);
    this.caller = caller;
    this.request = request;
    this.needs = needs;
    this.name = `${caller.id}:${request.id}`;
    this.claim = new CallClaim(claims, {
      name: this.name,
      // As long as the client may send it again: its deadline counts from when it was first sent.
      leaseMs: withinMs + limits.callsKeptMs,
      maxKeptAnswer: limits.maxKeptAnswer,
    });
    this.rest = new Rest(clock);
    this.ended = new Promise((resolve) => {
      this.onEnd = resolve;
    });
    this.cancelDeadline = clock.after(withinMs, () => this.giveUp(tooLate));
  }

  /** The same call came again: from now on this is who is told. */
  attach(caller: Caller): void {
    this.caller = caller;
    if (this.outcome !== undefined) {
      this.tell(this.outcome);
    }
  }

  cancel(): void {
    const { elsewhere, needs, name } = this;
    if (elsewhere !== undefined && this.outcome === undefined) {
      const sending = needs.post.send(callsTopic(elsewhere), { cancel: name });
      sending.catch((error: unknown) => needs.notes.failed(error));
    }
    this.giveUp(cancelled);
  }

  /** The node stops: the handler may go on, and nobody will hear of it. Resolves when that is kept. */
  async abandon(): Promise<void> {
    this.giveUp(unknown);
    await this.keeping;
  }

  /** Resolves when nothing of it goes on here, its handler included. */
  async work(): Promise<void> {
    try {
      const method = await this.admit();
      if (method !== undefined) {
        const known = await this.claim.take(this.needs.post.node);
        await (known === undefined ? this.run(method) : this.follow(known));
      }
    } catch (error) {
      this.needs.notes.failed(error);
      this.end(unavailable(error));
    }
    await this.keeping;
  }

  private async admit(): Promise<Method | undefined> {
    const { policy, methods } = this.needs;
    const { method: name, data, channel } = this.request;
    const { caller } = this;
    if (channel !== undefined && !isOfApplication(channel)) {
      this.end(noChannel);
      return undefined;
    }
    const about = channel === undefined ? {} : { channel };
    const asked = { ...asking(caller.whom), method: name, data, ...about };
    const forbidden = 'you may not call this method';
    const denied = await judge(() => policy.call?.(asked), forbidden, this.needs);
    // Only who may call it learns whether it is there.
    const method = methods.get(name);
    if (denied !== undefined || method === undefined) {
      this.end(denied ?? noMethod);
    }
    return this.outcome === undefined ? method : undefined;
  }

  private async run(method: Method): Promise<void> {
    const { maxDataBytes } = this.needs;
    if (this.outcome !== undefined) {
      // Ended while it was claimed. It is ours, so nobody else runs it either.
      this.keep(this.outcome);
      return;
    }
    const ending = await this.result(method).then(
      (data) => outcomeOfResult(data, this.parts, maxDataBytes),
      (error: unknown) => outcomeOfError(error, maxDataBytes),
    );
    // Who gives up because it was told to has not failed.
    if (this.end(ending.outcome) && 'inside' in ending) {
      this.needs.notes.failed(ending.inside);
    }
  }

  private async result(method: Method): Promise<unknown> {
    const result = await method(this.request.data, this.context());
    if (!isStream(result)) {
      return result;
    }
    for await (const part of result) {
      await this.progress(part);
      if (this.outcome !== undefined) {
        break;
      }
    }
    return null;
  }

  private context(): CallContext {
    return {
      user: this.caller.whom.user,
      guest: this.caller.whom.guest,
      channel: this.request.channel,
      session: this.caller.id,
      idempotencyKey: this.name,
      signal: this.controller.signal,
      progress: (data) => this.progress(data),
    };
  }

  private async progress(data: unknown): Promise<void> {
    requireSayable(data, this.needs.maxDataBytes);
    if (this.outcome !== undefined) {
      return;
    }
    const { caller } = this;
    this.parts += 1;
    if (caller.isOpen) {
      caller.tell({ type: 'progress', id: this.request.id, seq: this.parts, data });
      await caller.room();
    } else {
      // Nobody slows it down now; others must have their turn nevertheless.
      await this.rest.wait(0);
    }
  }

  /** Another node has it, or had it. */
  private async follow(known: Known): Promise<void> {
    let now = known;
    for (let attempt = 0; this.outcome === undefined; attempt += 1) {
      if (now.state === 'ended') {
        this.end(now.outcome);
        return;
      }
      if (now.state === 'lost' || !(await this.isRunning(now.node))) {
        this.end(await this.lastWord());
        return;
      }
      this.elsewhere = now.node;
      // Shorter when it ends meanwhile.
      await this.rest.wait(backoffMs(attempt, () => this.needs.chance(), looking));
      now = await this.claim.look().catch(() => now);
    }
  }

  private async isRunning(node: string): Promise<boolean> {
    // What runs here would have been found before it was claimed again.
    return node !== this.needs.post.node && (await this.needs.isAlive(node));
  }

  /** It may have been answered just before its node went. */
  private async lastWord(): Promise<Outcome> {
    const known = await this.claim.look();
    return known.state === 'ended' ? known.outcome : unknown;
  }

  private giveUp(outcome: Outcome): void {
    if (this.end(outcome)) {
      const message = 'message' in outcome ? outcome.message : '';
      this.controller.abort(new CallError(message));
    }
  }

  /** False when it had ended already. */
  private end(outcome: Outcome): boolean {
    if (this.outcome !== undefined) {
      return false;
    }
    this.outcome = outcome;
    this.cancelDeadline();
    this.rest.wake();
    this.tell(outcome);
    this.keep(outcome);
    this.onEnd();
    return true;
  }

  private keep(outcome: Outcome): void {
    const { claim, needs } = this;
    if (claim.isOurs) {
      this.keeping = claim.keep(outcome).catch((error: unknown) => needs.notes.failed(error));
    }
  }

  private tell(outcome: Outcome): void {
    if (this.caller.isOpen) {
      this.caller.tell(messageFor(this.request.id, outcome));
      if ('code' in outcome) {
        this.needs.notes.refused(this.caller.id, outcome.code);
      }
    }
  }
}

function unavailable(error: unknown): Outcome {
  const refused = { code: 'BROKER_UNAVAILABLE', message: 'the log cannot be reached' } as const;
  const isRetryable = error instanceof BrokerError && error.retryable;
  return isRetryable ? { ...refused, retryable: true } : refused;
}

function isStream(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}
