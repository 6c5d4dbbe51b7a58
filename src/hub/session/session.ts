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
  type DisconnectName,
  disconnects,
  type ErrorCode,
  type Hello,
  type ServerMessage,
  type Signal,
  wireVersion,
} from '../../wire/index.ts';
import { Allowance } from '../allowance.ts';
import type { ClientSession } from '../application.ts';
import { Asks } from '../calls/asks.ts';
import type { Subscription } from '../channel/catch-up.ts';
import { deny } from '../denied.ts';
import type { Whom } from '../whom.ts';
import type { Asker, HubForSessions, RefusedMore } from './asker.ts';
import { type Phase, phases, type Step } from './phases.ts';
import { beginStay, type Stay } from './stay.ts';
import { Expiry, expiryOf, isFor, isOver, notRenewedBy, type Ticket, ticketFor } from './ticket.ts';
import { Trail } from './trail.ts';
import { WorkQueue } from './work-queue.ts';
import { Workload } from './workload.ts';

export interface SessionEnds {
  /** It has its name, and is in. */
  entered(session: Session): void;
  /** It is no session any more, but its outlet may still send what is owed. */
  ended(session: Session, why: DisconnectName | 'left'): void;
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
  private seated: Whom | undefined;
  /** From then on. */
  private facts: ClientSession | undefined;
  private readonly workload = new Workload(this);
  /** Only where somebody wants to know. */
  private readonly trail: Trail | undefined;

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
    const { answered, clock } = hub;
    this.trail =
      answered === undefined ? undefined : new Trail(this, answered, () => clock.nowMs());
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
    return this.seated?.user ?? '';
  }

  get whom(): Whom {
    return this.seated ?? { user: '', guest: undefined };
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
    } else {
      this.trail?.came(message);
      if (this.phase === 'admitting') {
        this.workload.keep(message);
      } else {
        this.workload.work(message);
      }
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
    this.trail?.told(message.value);
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

  signalled(signal: Signal, refused?: ErrorCode): void {
    if (refused !== undefined) {
      this.hub.notes.refused(this.id, refused);
    }
    this.trail?.signalled(signal, refused);
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

  async renew(id: number, token: string): Promise<void> {
    const ticket = await this.authenticate(token);
    if (!this.isOpen) {
      return;
    }
    if (!isFor(ticket, this.user, this.hub.clock)) {
      deny(this, id, notRenewedBy(ticket));
      return;
    }
    this.hub.entered?.(ticket.guest, this.facts!);
    const isOther = this.whom.guest !== ticket.guest;
    this.whom.guest = ticket.guest;
    this.expiry.set(ticket.untilMs);
    this.tell({ type: 'renewed', id, ...expiryOf(ticket, this.hub.clock) });
    if (isOther) {
      this.hub.recheck(this.id);
    }
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
    // What is ordered from here on may be about this client: it was not known to whoever answers for it.
    const { now } = hub.revoked;
    const ticket = await this.authenticate(token);
    if ('name' in ticket) {
      return ticket;
    }
    const stay = await beginStay(hub, { user: ticket.user, resume });
    if (stay.former !== undefined) {
      hub.fence(stay.id, stay.former);
    }
    if (this.phase === 'gone') {
      stay.giveUp();
      return undefined;
    }
    const revoked = hub.revoked.since(now, { user: ticket.user, session: stay.id });
    if (revoked !== undefined) {
      stay.revoke();
      return revoked;
    }
    const full = isOver(ticket, this.hub.clock)
      ? disconnects.TOKEN_EXPIRED
      : hub.admission.enter(ticket.user, stay);
    if (full !== undefined) {
      stay.giveUp();
      return full;
    }
    this.seated = { user: ticket.user, guest: ticket.guest };
    this.stay = stay;
    this.facts = this.factsOf(stay);
    hub.entered?.(ticket.guest, this.facts);
    this.enter(stay, ticket);
    return undefined;
  }

  private authenticate(token: string | undefined): Promise<Ticket | Disconnect> {
    const { name: pipe, address, handshake } = this.outlet;
    return ticketFor(this.hub, { token, pipe, address, handshake });
  }

  private factsOf({ id }: Stay): ClientSession {
    const { name: transport, address } = this.outlet;
    return { id, transport, address, connectedAtMs: this.hub.clock.wallMs() };
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
      resumed: stay.isResumed,
      ...expiryOf(ticket, this.hub.clock),
      user,
      maxPending: Math.min(this.hub.limits.maxPending, Number.MAX_SAFE_INTEGER),
    });
    this.hub.notes.connected(stay.id, user);
    if (stay.isResumed) {
      this.hub.notes.resumed(stay.id, user);
    }
    this.workload.begin();
  }

  /** False when it was gone already. */
  private leave(why: DisconnectName | 'left'): boolean {
    if (this.phase === 'gone') {
      return false;
    }
    this.step('end');
    this.cancelHello();
    this.expiry.end();
    this.workload.end();
    this.trail?.end();
    this.asks.end();
    for (const subscription of this.subscriptions.values()) {
      this.hub.channels.leave(subscription.name, subscription);
    }
    this.subscriptions.clear();
    if (why === 'REVOKED') {
      this.stay?.revoke();
    } else {
      this.stay?.end();
    }
    if (this.seated !== undefined) {
      this.hub.admission.left(this.seated.user);
    }
    this.ends.ended(this, why);
    this.hub.notes.disconnected(this.id, why);
    return true;
  }

  private step(step: Step): void {
    this.phase = phases[this.phase][step]!;
  }
}
