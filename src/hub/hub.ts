/**
 * The hub: two registers, of sessions and of channels, between gateways and a broker. It keeps nothing that matters: the log has
 * the data, and the client has its position.
 * In: clients, through `open`; publications of the server's own code. Out: their messages. Fails: `start` and `publish` reject as
 * the broker does; misuse rejects with `HubUsageError`.
 */
import type { AppendOptions, Desk, FrontDesk, Outlet, Post } from '../ports/index.ts';
import { disconnects, type Position } from '../wire/index.ts';
import { Admission } from './admission.ts';
import { appendTo, type Content } from './append.ts';
import { Budgets } from './budgets.ts';
import { AskError, type AskOptions } from './calls/asks.ts';
import { Channels } from './channel/channels.ts';
import { rulesFrom } from './channel/rules.ts';
import { grantedIn } from './granted.ts';
import { Ids, platformRandom } from './ids.ts';
import { notesFor } from './notes.ts';
import { type HubOptions, hubLimits } from './options.ts';
import { PostRoom } from './post.ts';
import { contentToPublish } from './publication.ts';
import { Publisher } from './publisher.ts';
import { Rights, type RightsScope } from './rights.ts';
import { Rooms } from './rooms.ts';
import type { HubForSessions } from './session/asker.ts';
import { Away } from './session/away.ts';
import { Register } from './session/register.ts';
import { Session, type SessionEnds } from './session/session.ts';
import type { SayOptions } from './unicast/unicast.ts';
import { HubUsageError } from './usage-error.ts';

export interface HubView {
  readonly sessions: number;
  /** Channels that this hub follows. */
  readonly channels: number;
  /** Those included that are not answered yet. */
  readonly subscriptions: number;
}

export interface PublishOptions extends Omit<Content, 'data'>, Pick<AppendOptions, 'durability'> {}

export interface DrainOptions {
  /** Time in which the clients are to leave, in milliseconds. @default 30_000 */
  readonly withinMs?: number;
  /** What clients are told; at most 123 bytes. @default 'the server stops' */
  readonly reason?: string;
}
export const drainDefaults: Required<DrainOptions> = {
  withinMs: 30_000,
  reason: 'the server stops',
};

export interface Hub extends FrontDesk {
  /** Starts the broker. Clients that came before are let in when it has started. */
  start(): Promise<void>;
  /**
   * From the server's own code: no policy is asked. Resolves when it was appended, once, however often the broker had to be asked.
   * `data` is any JSON value, or bytes.
   * @throws {HubUsageError} As a rejection: `CHANNEL_INVALID`, `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`, `HUB_NOT_RUNNING`,
   * `KEY_INVALID`, `KIND_MISMATCH`, `USER_INVALID`.
   * @throws {BrokerError} As a rejection: whatever the broker goes on saying; `BROKER_FULL` when too many wait for the channel.
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Position>;
  /**
   * Into the user's inbox, whether the user is there or not: clients follow it as `~inbox`, and resume it like any log. No policy is asked.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`.
   */
  toUser(user: string, data: unknown, options?: SayOptions): Promise<Position>;
  /** A signal, at most once, to one session on whatever node. False: nobody holds it. */
  toSession(session: string, data: unknown, options?: SayOptions): Promise<boolean>;
  /** A signal, at most once, to every session of every node. */
  broadcast(data: unknown, options?: SayOptions): Promise<void>;
  /**
   * Asks a client that is connected to this node, and resolves with its answer, which is hostile input as everything that comes from clients.
   * @throws {AskError} As a rejection.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`.
   */
  ask(session: string, method: string, data: unknown, options?: AskOptions): Promise<unknown>;
  /**
   * The policy answers otherwise than before: it is asked again, on every node, about what goes on of that user, in that channel; left out, about
   * all. Whoever may not follow a channel any more is told `gap: unauthorised`, and hears nothing more of it; whoever may not stand in a roster is
   * taken out. Resolves when this node has asked, and the others were told, at most once: call it again when it rejects.
   * @throws {HubUsageError} As a rejection: `HUB_NOT_RUNNING`.
   */
  recheck(scope?: RightsScope): Promise<void>;
  /**
   * Before a stop: asks every client to attach elsewhere within the time, lets nobody in any more, and resolves when all have gone or
   * the time is over. Everything goes on meanwhile.
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Sends every client away with SERVER_STOPPING, waits until their pipes are closed, `withinMs` at the most (default
   * 5,000), then stops the broker.
   */
  stop(options?: { readonly withinMs?: number }): Promise<void>;
  view(): HubView;
}

/** @throws {HubUsageError} `LIMIT_INVALID` */
export function createHub(options: HubOptions): Hub {
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
  private readonly sessions = new Set<Session>();
  /** Sent away, but their outlets are not closed yet. */
  private readonly leaving = new Set<Session>();
  private readonly whenReady: { resolve: () => void; reject: (error: unknown) => void };
  private onLess: (() => void)[] = [];
  private draining: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(options: HubOptions) {
    const { broker, policy, clock, random, observer, limits, channels } = options;
    const ids = new Ids(clock, random ?? platformRandom);
    const notes = notesFor(observer);
    this.postRoom = new PostRoom(() => this.rooms.node, broker, notes);
    this.post = this.postRoom;
    const { post } = this;
    const full = hubLimits(limits);
    const rulesOf = rulesFrom(channels ?? (() => undefined));
    const inside = { broker, policy, clock, limits: full, ids, notes, post, rulesOf };
    const followed = new Channels(inside, () => this.less());
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
    const { methods, calls, presence } = options;
    this.rooms = new Rooms(inside, this.register, { methods, calls, presence });
    this.rights = new Rights({
      post,
      clock,
      notes,
      perSecond: full.rechecksPerSecond,
      granted: (scope) =>
        grantedIn({ sessions: () => this.register.all(), presence: this.rooms.presence }, scope),
    });
    this.away = new Away(clock, full.sessionMs, (id) => this.rooms.presence.ended(id));
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
      fence: (session, former) => this.register.fence(session, former),
    };
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
      await this.rights.start();
      // Stopped meanwhile: that stays so.
      this.phase = this.isUp ? 'running' : this.phase;
      this.whenReady.resolve();
    } catch (error) {
      this.phase = 'stopped';
      this.whenReady.reject(error);
      this.sendAllAway();
      await this.endStart();
      throw error;
    }
  }

  open(outlet: Outlet): Desk {
    const session = new Session(outlet, this.inside, this);
    this.sessions.add(session);
    const full = this.inside.admission.come(outlet.address);
    if (!this.isUp) {
      session.end(disconnects.SERVER_STOPPING);
    } else if (full !== undefined) {
      session.end(full);
    }
    return session;
  }

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
    await this.inside.ready;
    await this.rights.recheck(scope);
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
    let subscriptions = 0;
    for (const session of this.sessions) {
      subscriptions += session.subscriptions.size;
    }
    return { sessions: this.sessions.size, channels: this.inside.channels.size, subscriptions };
  }

  entered(session: Session): void {
    this.register.add(session);
    this.away.back(session.id);
    if (this.draining !== undefined) {
      // Its hello was taken before the draining began.
      session.end(disconnects.SERVER_STOPPING);
    }
  }

  ended(session: Session): void {
    this.register.remove(session);
    if (this.isUp && this.rooms.presence.holds(session.id)) {
      this.away.gone(session.id);
    }
    this.sessions.delete(session);
    this.leaving.add(session);
  }

  closed(session: Session): void {
    if (this.leaving.delete(session)) {
      this.inside.admission.gone(session.outlet.address);
    }
    this.less();
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

  /** There is less of something than there was. */
  private less(): void {
    for (const look of this.onLess) {
      look();
    }
  }

  /** Resolves when `isSo`, looked at whenever something has ended; or after `withinMs`. */
  private until(isSo: () => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.onLess = this.onLess.filter((other) => other !== look);
        resolve();
      };
      const look = (): void => {
        if (isSo()) {
          finish();
        }
      };
      const cancel = this.inside.clock.after(withinMs, finish);
      this.onLess = [...this.onLess, look];
      look();
    });
  }

  private sendAllAway(): void {
    for (const session of this.sessions) {
      session.end(disconnects.SERVER_STOPPING);
    }
  }

  private async drainOnce({ withinMs, reason }: Required<DrainOptions>): Promise<void> {
    this.inside.admission.close(reason);
    for (const session of this.sessions) {
      if (session.isOpen) {
        session.tell({ type: 'drain', reconnectWithinMs: withinMs, reason });
      }
    }
    await this.until(() => this.sessions.size === 0 && this.leaving.size === 0, withinMs);
  }

  private async stopOnce(withinMs: number): Promise<void> {
    const wasUp = this.isUp;
    this.phase = 'stopped';
    this.sendAllAway();
    const { channels } = this.inside;
    await this.until(() => this.leaving.size === 0 && channels.size === 0, withinMs);
    this.away.end();
    this.rights.stop();
    if (wasUp) {
      await this.rooms.stop();
      await this.inside.broker.stop();
    }
  }
}
