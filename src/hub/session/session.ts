/**
 * One client's stay: who it is, what it follows, and when it has to go.
 * In: messages. Out: messages, and the end of the outlet. Fails: a client's wrong is told to it, never thrown.
 */
import type { Cancel } from '../../ground/clock.ts';
import { Shared } from '../../ground/shared.ts';
import { BrokerError, type Desk, type Outlet } from '../../ports/index.ts';
import {
  type ClientMessage,
  type Disconnect,
  disconnects,
  type ErrorCode,
  type Hello,
  messageLimits,
  type ServerMessage,
  wireVersion,
} from '../../wire/index.ts';
import type { Subscription } from '../channel/catch-up.ts';
import type { Asker, HubForSessions } from './asker.ts';
import { type Phase, phases, type Step } from './phases.ts';
import { begin, type Request } from './requests.ts';
import { WorkQueue } from './work-queue.ts';

export interface SessionEnds {
  /** It is no session any more, but its outlet may still send what is owed. */
  ended(session: Session): void;
  closed(session: Session): void;
}

export class Session implements Desk, Asker {
  readonly id: string;
  readonly hub: HubForSessions;
  readonly subscriptions: Map<string, Subscription> = new Map();
  /** Empty until the policy has named it. */
  user = '';
  readonly publishing: WorkQueue = new WorkQueue();

  private phase: Phase = 'awaitingHello';
  private readonly outlet: Outlet;
  private readonly ends: SessionEnds;
  private readonly cancelHello: Cancel;
  private readonly replays = new WorkQueue();
  /** Came before the hello was answered. Bounded by maxPending. */
  private early: Request[] = [];
  private pending = 0;

  constructor(outlet: Outlet, hub: HubForSessions, ends: SessionEnds) {
    this.id = hub.ids.next();
    this.outlet = outlet;
    this.hub = hub;
    this.ends = ends;
    this.cancelHello = hub.clock.after(hub.limits.helloWithinMs, () =>
      this.end(disconnects.HELLO_TOO_LATE),
    );
  }

  get isOpen(): boolean {
    return this.phase === 'open';
  }

  receive(message: ClientMessage): void {
    if (this.phase === 'gone') {
      return;
    }
    if ((message.type === 'hello') !== (this.phase === 'awaitingHello')) {
      this.end(disconnects.HELLO_EXPECTED);
    } else if (message.type === 'hello') {
      void this.greet(message);
    } else if (this.phase === 'admitting') {
      this.keep(message);
    } else {
      this.work(message);
    }
  }

  reject(why: Disconnect): void {
    this.end(why);
  }

  closed(): void {
    this.leave('left');
    this.ends.closed(this);
  }

  /** Sends the client away. */
  end(why: Disconnect): void {
    if (this.leave(why.name)) {
      this.outlet.close(why);
    }
  }

  send(message: Shared<ServerMessage>): void {
    if (this.phase === 'gone') {
      return;
    }
    // Asked before sending: one large message for a client that keeps up is no reason.
    if (this.outlet.bufferedBytes > this.hub.limits.maxOutletBytes) {
      this.end(disconnects.TOO_SLOW);
      return;
    }
    this.outlet.send(message);
  }

  tell(message: ServerMessage): void {
    this.send(new Shared(message));
  }

  refuse(id: number, code: ErrorCode, message: string, retryable = false): void {
    if (this.phase !== 'gone') {
      this.hub.notes.refused(this.id, code);
      this.tell({ type: 'error', id, code, message, retryable });
    }
  }

  /** The world failed while it was worked on. */
  refuseFor(id: number, error: unknown): void {
    this.hub.notes.failed(error);
    const retryable = error instanceof BrokerError && error.retryable;
    this.refuse(id, 'BROKER_UNAVAILABLE', 'the log cannot be reached', retryable);
  }

  room(): Promise<void> | undefined {
    const isFull = this.outlet.bufferedBytes > this.hub.limits.maxOutletBytes / 4;
    return isFull ? this.outlet.drained() : undefined;
  }

  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.replays.run(work);
  }

  async ask<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await question();
    } catch (error) {
      this.hub.notes.failed(error);
      return undefined;
    }
  }

  private async greet({ version, token }: Hello): Promise<void> {
    this.step('hello');
    this.cancelHello();
    if (version !== wireVersion) {
      this.end(disconnects.VERSION_UNSUPPORTED);
      return;
    }
    const { name: pipe, address } = this.outlet;
    const { policy, ready } = this.hub;
    const user = await this.ask(async () => {
      await ready;
      return policy.connect({ token, pipe, address });
    });
    if (this.phase !== 'admitting') {
      return;
    }
    if (typeof user !== 'string' || user.length > messageLimits.userLength) {
      this.end(disconnects.UNAUTHORISED);
      return;
    }
    this.user = user;
    this.step('admit');
    this.tell({
      type: 'welcome',
      version: wireVersion,
      capabilities: [],
      session: this.id,
      user,
      maxPending: Math.min(this.hub.limits.maxPending, Number.MAX_SAFE_INTEGER),
    });
    this.hub.notes.connected(this.id, user);
    for (const request of this.early.splice(0)) {
      this.work(request);
    }
  }

  private keep(request: Request): void {
    if (this.early.length < this.hub.limits.maxPending) {
      this.early.push(request);
    } else {
      this.refuseTooMany(request.id);
    }
  }

  private work(request: Request): void {
    if (this.phase !== 'open') {
      return;
    }
    if (this.pending >= this.hub.limits.maxPending) {
      this.refuseTooMany(request.id);
      return;
    }
    const working = begin(this, request);
    if (working !== undefined) {
      this.pending += 1;
      void working
        .catch((error: unknown) => this.refuseFor(request.id, error))
        .finally(() => {
          this.pending -= 1;
        });
    }
  }

  private refuseTooMany(id: number): void {
    this.refuse(id, 'TOO_MANY_REQUESTS', 'too many requests wait for their answers', true);
  }

  /** False when it was gone already. */
  private leave(why: Parameters<HubForSessions['notes']['disconnected']>[1]): boolean {
    if (this.phase === 'gone') {
      return false;
    }
    this.step('end');
    this.cancelHello();
    this.early = [];
    for (const [channel, subscription] of this.subscriptions) {
      this.hub.channels.leave(channel, subscription);
    }
    this.subscriptions.clear();
    this.ends.ended(this);
    this.hub.notes.disconnected(this.id, why);
    return true;
  }

  private step(step: Step): void {
    this.phase = phases[this.phase][step]!;
  }
}
