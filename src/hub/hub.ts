/**
 * The hub: two registers, of sessions and of channels, between gateways and a broker. It keeps nothing that matters: the log has
 * the data, and the client has its position.
 * In: clients, through `open`; publications of the server's own code. Out: their messages. Fails: `start` and `publish` reject as
 * the broker does; misuse rejects with `HubUsageError`.
 */
import type { Desk, Held, Outlet, Post } from '../ports/index.ts';
import { type DisconnectName, disconnects, type Position } from '../wire/index.ts';
import { Admission } from './admission.ts';
import { appendTo } from './append.ts';
import type { ApplicationsHub } from './application.ts';
import { Budgets } from './budgets.ts';
import { AskError, type AskOptions } from './calls/asks.ts';
import { Channels } from './channel/channels.ts';
import { rulesFrom } from './channel/rules.ts';
import { Crowd, type DrainOptions, drainDefaults } from './crowd.ts';
import { grantedIn } from './granted.ts';
import { Ids, platformRandom } from './ids.ts';
import type { Hub, HubView, PublishOptions } from './interface.ts';
import { notesFor } from './notes.ts';
import { type AppHubOptions, applicationIn, type HubOptions, hubLimits } from './options.ts';
import { Endings } from './orders/endings.ts';
import { gated } from './orders/gated.ts';
import { type RevokeOptions, type RevokeScope, recheckOf, revokeOf } from './orders/order.ts';
import { Revoked } from './orders/revoked.ts';
import { signalTo } from './own-signal.ts';
import { PostRoom } from './post.ts';
import { presenceLimits } from './presence/options.ts';
import { contentToPublish } from './publication.ts';
import { Publisher } from './publisher.ts';
import { Rights, type RightsScope } from './rights.ts';
import { ordersKeptMs, Rooms } from './rooms.ts';
import type { HubForSessions } from './session/asker.ts';
import { Away } from './session/away.ts';
import { Register } from './session/register.ts';
import { Session, type SessionEnds } from './session/session.ts';
import { endStay } from './session/stay.ts';
import type { SayOptions } from './unicast/unicast.ts';
import { HubUsageError } from './usage-error.ts';

/**
 * A hub that is made, and not yet started.
 * @throws {HubUsageError} `LIMIT_INVALID`
 * @throws {AppError} `APP_BOUND_TWICE`; `APP_INVALID` where there are other rules beside those of the application.
 */
export function createHub(options: HubOptions | AppHubOptions): Hub {
  return new OneHub(options);
}

type Phase = 'idle' | 'starting' | 'running' | 'stopped';

class OneHub implements Hub, SessionEnds {
  readonly post: Post;
  private phase: Phase = 'idle';
  private hasBroker = false;
  private readonly inside: HubForSessions;
  private readonly publisher: Publisher;
  private readonly postRoom: PostRoom;
  private readonly register: Register;
  private readonly rooms: Rooms;
  private readonly rights: Rights;
  private readonly away: Away;
  private readonly crowd: Crowd<Session>;
  private readonly whenReady: { resolve: () => void; reject: (error: unknown) => void };
  private draining: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(options: HubOptions | AppHubOptions) {
    const { broker, clock, random, observer, limits } = options;
    const { policy, channels, methods, member, entered, answered } = applicationIn(options);
    const ids = new Ids(clock, random ?? platformRandom);
    const notes = notesFor(observer);
    this.postRoom = new PostRoom(() => this.rooms.node, broker, notes);
    this.post = this.postRoom;
    const { post } = this;
    const full = hubLimits(limits);
    const keepMs = ordersKeptMs(full.sessionMs, presenceLimits(options.presence).leaseMs);
    const revoked = new Revoked(clock, keepMs);
    const behind = gated(broker, () => this.rooms.orders.isCurrent);
    this.crowd = new Crowd(clock);
    const rulesOf = rulesFrom(channels ?? (() => undefined));
    const ordersUpTo = (): Position | undefined => this.rooms.orders.position;
    const shared = { policy, clock, limits: full, ids, notes, post, rulesOf };
    const inside = { ...shared, broker: behind, revoked, ordersUpTo };
    const followed = new Channels(inside, () => this.crowd.less());
    const append = appendTo(inside, (channel) => followed.subscribers(channel));
    let whenReady!: OneHub['whenReady'];
    const ready = new Promise<void>((resolve, reject) => {
      whenReady = { resolve, reject };
    });
    // Nobody may be waiting when the start fails: `start` itself has told.
    ready.catch(() => undefined);
    this.whenReady = whenReady;
    this.publisher = new Publisher(inside, append);
    this.register = new Register(post, notes);
    const { calls, presence } = options;
    this.rights = new Rights({
      clock,
      notes,
      perSecond: full.rechecksPerSecond,
      granted: (scope) => {
        const sessions = (): Iterable<Session> => this.register.all();
        const find = (id: string): Session | undefined => this.register.find(id);
        return grantedIn({ sessions, find, presence: this.rooms.presence }, scope);
      },
    });
    this.away = new Away(clock, full.sessionMs, (id) => this.rooms.presence.ended(id));
    const { rights, register, away } = this;
    const endings = new Endings({ register, away, presence: () => this.rooms.presence });
    this.rooms = new Rooms(inside, register, {
      methods,
      calls,
      presence,
      member,
      orders: {
        broker,
        carryOut: async (order) =>
          order.kind === 'recheck' ? rights.recheck(order) : endings.revoke(order),
        missed: () => endings.missed(),
      },
    });
    this.inside = {
      ...inside,
      channels: followed,
      admission: new Admission(clock, full),
      ready,
      append,
      producers: new Budgets(clock, {
        most: full.maxProducersPerUser,
        perMs: broker.supports.producerMs,
      }),
      rooms: this.rooms,
      entered:
        entered === undefined ? undefined : (...told) => quietly(notes, () => entered(...told)),
      answered:
        answered === undefined ? undefined : (request) => quietly(notes, () => answered(request)),
      recheck: (session) => void rights.recheck({ session }),
      fence: (session, former) => this.register.fence(session, former),
    };
    options.app?.bind({
      publish: (...said) => this.publish(...said),
      signal: (...said) => this.signal(...said),
      nowMs: () => clock.nowMs(),
      failed: notes.failed,
    });
  }

  async start(): Promise<void> {
    if (this.phase !== 'idle') {
      throw new HubUsageError('HUB_STARTED_TWICE', 'a hub is started once');
    }
    this.phase = 'starting';
    try {
      const { deliver } = this.inside.channels;
      await this.inside.broker.start({ deliver, hear: this.postRoom.hear });
      this.hasBroker = true;
      await this.rooms.start();
      // Stopped meanwhile: that stays so.
      this.phase = this.isUp ? 'running' : this.phase;
      this.whenReady.resolve();
    } catch (error) {
      this.phase = 'stopped';
      this.whenReady.reject(error);
      this.crowd.sendAway();
      await this.endStart();
      throw error;
    }
  }

  open(outlet: Outlet): Desk {
    const session = new Session(outlet, this.inside, this);
    this.crowd.come(session);
    const full = this.inside.admission.come(outlet.address);
    if (!this.isUp) {
      session.end(disconnects.SERVER_STOPPING);
    } else if (full !== undefined) {
      session.end(full);
    }
    return session;
  }

  /** Given away alone, as a part of the front desk. */
  readonly hold = (address: string | undefined): Held => ({
    why: this.inside.admission.come(address),
    release: () => this.inside.admission.gone(address),
  });

  async publish(
    channel: string,
    data: unknown,
    { durability, ...options }: PublishOptions = {},
  ): Promise<Position> {
    this.requireUp('publish');
    const content = contentToPublish(this.inside, channel, { data, ...options });
    if (this.phase !== 'running') {
      await this.inside.ready;
    }
    return this.publisher.publish(channel, content, durability === undefined ? {} : { durability });
  }

  toUser(user: string, data: unknown, options?: SayOptions): Promise<Position> {
    return this.rooms.unicast.toUser(user, data, options);
  }

  toSession(session: string, data: unknown, options?: SayOptions): Promise<boolean> {
    return this.rooms.unicast.toSession(session, data, options);
  }

  broadcast(data: unknown, options?: SayOptions): Promise<void> {
    return this.rooms.unicast.broadcast(data, options);
  }

  async ask(
    session: string,
    method: string,
    data: unknown,
    options?: AskOptions,
  ): Promise<unknown> {
    const asked = this.register.find(session);
    if (asked === undefined) {
      throw new AskError('SESSION_ENDED', 'no such session is connected here');
    }
    return asked.asks.ask(method, data, options);
  }

  async recheck(scope: RightsScope = {}): Promise<void> {
    this.requireUp('recheck');
    const { ready, ids } = this.inside;
    await ready;
    await this.rooms.orders.give(recheckOf(ids.next(), scope));
  }

  async revoke(scope: RevokeScope, options: RevokeOptions = {}): Promise<void> {
    this.requireUp('revoke');
    const { ready, ids } = this.inside;
    const order = revokeOf(ids.next(), scope, options);
    await ready;
    await this.rooms.orders.give(order);
    if (order.session !== undefined) {
      await endStay(this.inside, order.session);
    }
  }

  drain({ withinMs, reason }: DrainOptions = {}): Promise<void> {
    this.draining ??= this.drainOnce({
      withinMs: withinMs ?? drainDefaults.withinMs,
      reason: reason ?? drainDefaults.reason,
    });
    return this.draining;
  }

  stop({ withinMs = 5_000 }: { readonly withinMs?: number } = {}): Promise<void> {
    this.stopping ??= this.stopOnce(withinMs);
    return this.stopping;
  }

  view(): HubView {
    const { size: sessions, subscriptions } = this.crowd;
    return { sessions, channels: this.inside.channels.size, subscriptions };
  }

  entered(session: Session): void {
    this.register.add(session);
    this.away.back(session.id);
    this.rooms.presence.movedOn(session.id, session.generation - 1);
    if (this.rooms.presence.cameBack(session)) {
      this.inside.recheck(session.id);
    }
    if (this.draining !== undefined) {
      // Its hello was taken before the draining began.
      session.end(disconnects.SERVER_STOPPING);
    }
  }

  ended(session: Session, why: DisconnectName | 'left'): void {
    this.register.remove(session);
    if (why === 'FENCED') {
      this.rooms.presence.movedOn(session.id, session.generation + 1);
    }
    if (this.isUp && this.rooms.presence.holds(session.id)) {
      this.away.gone(session.id);
    }
    this.crowd.ended(session);
  }

  closed(session: Session): void {
    if (this.crowd.closed(session)) {
      this.inside.admission.gone(session.outlet.address);
    }
  }

  private async signal(...said: Parameters<ApplicationsHub['signal']>): Promise<void> {
    this.requireUp('signal');
    await this.inside.ready;
    await signalTo(this.inside, ...said);
  }

  private requireUp(what: string): void {
    if (!this.isUp) {
      throw new HubUsageError('HUB_NOT_RUNNING', `start the hub before you ${what}`);
    }
  }

  private get isUp(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }

  /** What had begun before the start failed. What cannot be ended now is told to the observer: the caller hears why the start failed. */
  private async endStart(): Promise<void> {
    if (this.stopping === undefined && this.hasBroker) {
      this.rights.stop();
      await this.rooms.stop();
      await this.inside.broker.stop().catch(this.inside.notes.failed);
    }
  }

  private async drainOnce(options: Required<DrainOptions>): Promise<void> {
    this.inside.admission.close(options.reason);
    await this.crowd.askToLeave(options);
  }

  private async stopOnce(withinMs: number): Promise<void> {
    const wasUp = this.isUp;
    this.phase = 'stopped';
    this.crowd.sendAway();
    const { channels } = this.inside;
    await this.crowd.until(() => this.crowd.hasLeft && channels.size === 0, withinMs);
    this.away.end();
    this.rights.stop();
    if (wasUp) {
      await this.rooms.stop();
      await this.inside.broker.stop();
    }
  }
}

/** What the application does with what it is told changes nothing here. */
function quietly({ failed }: Pick<HubForSessions['notes'], 'failed'>, tell: () => void): void {
  try {
    tell();
  } catch (error) {
    failed(error);
  }
}
