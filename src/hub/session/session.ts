/**
 * One client's attachment to its session: who it is, what it follows, and when it has to go.
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
  type ServerMessage,
  wireVersion,
} from '../../wire/index.ts';
import { Allowance } from '../allowance.ts';
import { Asks } from '../calls/asks.ts';
import type { Subscription } from '../channel/catch-up.ts';
import { sizeOf } from '../data.ts';
import type { Asker, HubForSessions, RefusedMore } from './asker.ts';
import { type Phase, phases, type Step } from './phases.ts';
import { begin, type Request } from './requests.ts';
import { beginStay, type Stay } from './stay.ts';
import { Expiry, type Ticket, ticketFrom } from './ticket.ts';
import { WorkQueue } from './work-queue.ts';

export interface SessionEnds {
  /** It has its name, and is in. */
  entered(session: Session): void;
  /** It is no session any more, but its outlet may still send what is owed. */
  ended(session: Session): void;
  closed(session: Session): void;
}

export class Session implements Desk, Asker {
  readonly hub: HubForSessions;
  readonly subscriptions: Map<string, Subscription> = new Map();
  readonly publishing: WorkQueue = new WorkQueue();
  readonly signalling: WorkQueue = new WorkQueue();
  readonly outlet: Outlet;
  readonly asks: Asks;

  private phase: Phase = 'awaitingHello';
  private readonly ends: SessionEnds;
  private readonly cancelHello: Cancel;
  private readonly replays = new WorkQueue();
  private readonly expiry: Expiry;
  private readonly signals: Allowance;
  private readonly firstId: string;
  private stay: Stay | undefined;
  /** As the policy has named it; undefined until it is counted among that user's. */
  private seated: string | undefined;
  /** Came before the hello was answered. Bounded by maxPending, and by maxOutletBytes. */
  private early: Request[] = [];
  private earlyBytes = 0;
  private pending = 0;

  constructor(outlet: Outlet, hub: HubForSessions, ends: SessionEnds) {
    this.firstId = hub.ids.next();
    this.outlet = outlet;
    this.hub = hub;
    this.ends = ends;
    this.asks = new Asks(this, {
      clock: hub.clock,
      maxOpen: hub.rooms.callLimits.maxCallsOfSession,
      maxDataBytes: hub.limits.maxDataBytes,
    });
    this.expiry = new Expiry(hub.clock, () => this.end(disconnects.TOKEN_EXPIRED));
    this.signals = new Allowance(hub.limits.signalsPerSecond, hub.clock.nowMs());
    this.cancelHello = hub.clock.after(hub.limits.helloWithinMs, () =>
      this.end(disconnects.HELLO_TOO_LATE),
    );
  }

  /** Until it has been let in, a name that only the observer hears. */
  get id(): string {
    return this.stay?.id ?? this.firstId;
  }

  get generation(): number {
    return this.stay?.generation ?? 0;
  }

  get user(): string {
    return this.seated ?? '';
  }

  get isOpen(): boolean {
    return this.phase === 'open';
  }

  get hasRoom(): boolean {
    return this.outlet.bufferedBytes <= this.hub.limits.maxOutletBytes / 4;
  }

  get isFull(): boolean {
    return this.outlet.bufferedBytes > this.hub.limits.maxOutletBytes / 2;
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

  refuse(id: number, code: ErrorCode, message: string, more: RefusedMore = {}): void {
    if (this.phase !== 'gone') {
      this.hub.notes.refused(this.id, code);
      this.tell({ type: 'error', id, code, message, retryable: false, ...more });
    }
  }

  refuseFor(id: number, error: unknown, more: RefusedMore = {}): void {
    this.hub.notes.failed(error);
    const retryable = error instanceof BrokerError && error.retryable;
    this.refuse(id, 'BROKER_UNAVAILABLE', 'the log cannot be reached', { ...more, retryable });
  }

  room(): Promise<void> | undefined {
    return this.hasRoom ? undefined : this.outlet.drained();
  }

  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.replays.run(work);
  }

  maySignal(): boolean {
    return this.signals.take(this.hub.clock.nowMs());
  }

  async ask<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await question();
    } catch (error) {
      this.hub.notes.failed(error);
      return undefined;
    }
  }

  async renew(id: number, token: string): Promise<void> {
    const ticket = await this.authenticate(token);
    if (!this.isOpen) {
      return;
    }
    if (ticket?.user !== this.user || this.isOver(ticket)) {
      this.refuse(id, 'TOKEN_REFUSED', 'this token does not let this user in');
      return;
    }
    this.expiry.set(ticket.untilMs);
    this.tell({ type: 'renewed', id, ...this.expiryOf(ticket) });
  }

  private async greet(hello: Hello): Promise<void> {
    this.step('hello');
    this.cancelHello();
    if (hello.version !== wireVersion) {
      this.end(disconnects.VERSION_UNSUPPORTED);
      return;
    }
    const { admission } = this.hub;
    const why = admission.hello();
    if (why !== undefined) {
      this.end(why);
      return;
    }
    try {
      const refused = await this.admit(hello);
      if (refused !== undefined) {
        this.end(refused);
      }
    } finally {
      admission.answered();
    }
  }

  /** Why not, if not. Whatever was awaited, it may be gone. */
  private async admit({ token, resume }: Hello): Promise<Disconnect | undefined> {
    const { hub } = this;
    const ticket = await this.authenticate(token);
    if (ticket === undefined) {
      return disconnects.UNAUTHORISED;
    }
    const stay = await beginStay(hub, { user: ticket.user, resume });
    if (stay.former !== undefined) {
      hub.fence(stay.id, stay.former);
    }
    if (this.phase === 'gone') {
      stay.giveUp();
      return undefined;
    }
    const isResumed = stay.former !== undefined;
    const full = this.isOver(ticket)
      ? disconnects.TOKEN_EXPIRED
      : hub.admission.enter(ticket.user, { isResumed });
    if (full !== undefined) {
      stay.giveUp();
      return full;
    }
    this.seated = ticket.user;
    this.stay = stay;
    this.enter(stay, ticket);
    return undefined;
  }

  private async authenticate(token: string | undefined): Promise<Ticket | undefined> {
    const { name: pipe, address } = this.outlet;
    const { policy, ready, clock } = this.hub;
    const answer = await this.ask(async () => {
      await ready;
      return policy.connect({ token, pipe, address });
    });
    return ticketFrom(answer, clock);
  }

  private enter(stay: Stay, ticket: Ticket): void {
    const { user } = ticket;
    this.step('admit');
    this.expiry.set(ticket.untilMs);
    stay.keep(() => this.end(disconnects.FENCED));
    this.ends.entered(this);
    if (!this.isOpen) {
      // The hub is about to stop: it was not let in after all.
      return;
    }
    this.tell({
      type: 'welcome',
      version: wireVersion,
      capabilities: [],
      session: stay.id,
      secret: stay.secret,
      resumed: stay.former !== undefined,
      ...this.expiryOf(ticket),
      user,
      maxPending: Math.min(this.hub.limits.maxPending, Number.MAX_SAFE_INTEGER),
    });
    this.hub.notes.connected(stay.id, user);
    if (stay.former !== undefined) {
      this.hub.notes.resumed(stay.id, user);
    }
    for (const request of this.early.splice(0)) {
      this.work(request);
    }
  }

  private keep(request: Request): void {
    const { maxPending, maxOutletBytes } = this.hub.limits;
    const bytes = this.earlyBytes + weightOf(request);
    if (this.early.length < maxPending && bytes <= maxOutletBytes) {
      this.early.push(request);
      this.earlyBytes = bytes;
    } else {
      this.refuseTooMany(request);
    }
  }

  private work(request: Request): void {
    if (this.phase !== 'open') {
      return;
    }
    if (this.pending >= this.hub.limits.maxPending && !instant.has(request.type)) {
      this.refuseTooMany(request);
      return;
    }
    const working = begin(this, request);
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
    if (request.type === 'signal') {
      this.hub.notes.failed(error);
    } else {
      this.refuseFor(request.id, error);
    }
  }

  private refuseTooMany(request: Request): void {
    const message = 'too many requests wait for their answers';
    if (request.type === 'signal' || instant.has(request.type)) {
      this.hub.notes.refused(this.id, 'TOO_MANY_REQUESTS');
    } else {
      this.refuse(request.id, 'TOO_MANY_REQUESTS', message, { retryable: true });
    }
  }

  /** False when it was gone already. */
  private leave(why: Parameters<HubForSessions['notes']['disconnected']>[1]): boolean {
    if (this.phase === 'gone') {
      return false;
    }
    this.step('end');
    this.cancelHello();
    this.expiry.end();
    this.early = [];
    this.asks.end();
    for (const subscription of this.subscriptions.values()) {
      this.hub.channels.leave(subscription.name, subscription);
    }
    this.subscriptions.clear();
    this.stay?.end();
    if (this.seated !== undefined) {
      this.hub.admission.left(this.seated);
    }
    this.ends.ended(this);
    this.hub.notes.disconnected(this.id, why);
    return true;
  }

  private step(step: Step): void {
    this.phase = phases[this.phase][step]!;
  }

  private isOver({ untilMs }: Ticket): boolean {
    return untilMs !== undefined && untilMs <= this.hub.clock.nowMs();
  }

  private expiryOf({ untilMs }: Ticket): { readonly expiresInMs?: number } {
    return untilMs === undefined
      ? {}
      : { expiresInMs: Math.ceil(untilMs - this.hub.clock.nowMs()) };
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
