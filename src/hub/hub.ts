/**
 * The hub: two registers, of sessions and of channels, between gateways and a broker. It keeps nothing that matters: the log has
 * the data, and the client has its position.
 * In: clients, through `open`; publications of the server's own code. Out: their messages. Fails: `start` and `publish` reject as
 * the broker does; misuse rejects with `HubUsageError`.
 */
import type { Desk, FrontDesk, Outlet } from '../ports/index.ts';
import {
  disconnects,
  isChannelName,
  isDeeperThan,
  maxClientDepth,
  messageLimits,
  type Position,
} from '../wire/index.ts';
import { Channels } from './channel/channels.ts';
import { isLonger, jsonText } from './data.ts';
import { Ids, platformRandom } from './ids.ts';
import { notesFor } from './notes.ts';
import { type HubOptions, hubLimits } from './options.ts';
import type { HubForSessions } from './session/asker.ts';
import { Session, type SessionEnds } from './session/session.ts';
import { HubUsageError } from './usage-error.ts';

export interface HubView {
  readonly sessions: number;
  /** Channels that this hub follows. */
  readonly channels: number;
  /** Those included that are not answered yet. */
  readonly subscriptions: number;
}

export interface Hub extends FrontDesk {
  /** Starts the broker. Clients that came before are let in when it has started. */
  start(): Promise<void>;
  /**
   * From the server's own code: no policy is asked. Resolves when it was appended. `data` is any JSON value.
   * @throws {HubUsageError} As a rejection: `CHANNEL_INVALID`, `DATA_INVALID`, `DATA_TOO_LARGE`, `HUB_NOT_RUNNING`, `USER_INVALID`.
   * @throws {BrokerError} As a rejection: whatever the broker says.
   */
  publish(channel: string, data: unknown, options?: { readonly by?: string }): Promise<Position>;
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
  private phase: Phase = 'idle';
  private readonly inside: HubForSessions;
  private readonly sessions = new Set<Session>();
  /** Sent away, but their outlets are not closed yet. */
  private readonly leaving = new Set<Session>();
  private readonly whenReady: { resolve: () => void; reject: (error: unknown) => void };
  private onEmpty: (() => void) | undefined;
  private stopping: Promise<void> | undefined;

  constructor({ broker, policy, clock, random, observer, limits }: HubOptions) {
    const ids = new Ids(clock, random ?? platformRandom);
    const inside = {
      broker,
      policy,
      clock,
      limits: hubLimits(limits),
      ids,
      notes: notesFor(observer),
    };
    const channels = new Channels(inside, () => this.lookIfEmpty());
    const append = this.append.bind(this);
    let whenReady!: OneHub['whenReady'];
    const ready = new Promise<void>((resolve, reject) => {
      whenReady = { resolve, reject };
    });
    // Nobody may be waiting when the start fails: `start` itself has told.
    ready.catch(() => undefined);
    this.whenReady = whenReady;
    this.inside = { ...inside, channels, ready, append };
  }

  async start(): Promise<void> {
    if (this.phase !== 'idle') {
      throw new HubUsageError('HUB_STARTED_TWICE', 'a hub is started once');
    }
    this.phase = 'starting';
    try {
      await this.inside.broker.start(this.inside.channels.deliver);
      // Stopped meanwhile: that stays so.
      this.phase = this.isUp ? 'running' : this.phase;
      this.whenReady.resolve();
    } catch (error) {
      this.phase = 'stopped';
      this.whenReady.reject(error);
      this.sendAllAway();
      throw error;
    }
  }

  open(outlet: Outlet): Desk {
    const session = new Session(outlet, this.inside, this);
    this.sessions.add(session);
    if (!this.isUp) {
      session.end(disconnects.SERVER_STOPPING);
    }
    return session;
  }

  async publish(
    channel: string,
    data: unknown,
    { by }: { readonly by?: string } = {},
  ): Promise<Position> {
    const { limits, ready } = this.inside;
    const text = jsonText(data);
    if (!this.isUp) {
      throw new HubUsageError('HUB_NOT_RUNNING', 'start the hub before you publish');
    }
    if (!isChannelName(channel)) {
      throw new HubUsageError('CHANNEL_INVALID', 'this cannot be the name of a channel');
    }
    if (by !== undefined && by.length > messageLimits.userLength) {
      throw new HubUsageError('USER_INVALID', `more than ${messageLimits.userLength} characters`);
    }
    if (text === undefined) {
      throw new HubUsageError('DATA_INVALID', 'data must be a JSON value');
    }
    if (isDeeperThan(maxClientDepth - 1, text)) {
      throw new HubUsageError('DATA_INVALID', `data may nest ${maxClientDepth - 1} deep`);
    }
    if (isLonger(text, limits.maxDataBytes)) {
      throw new HubUsageError('DATA_TOO_LARGE', `more than ${limits.maxDataBytes} bytes of JSON`);
    }
    if (this.phase === 'running') {
      return this.append(channel, data, by);
    }
    await ready;
    // A copy: the caller may have changed its own meanwhile. Brokers make theirs at once.
    return this.append(channel, JSON.parse(text), by);
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

  ended(session: Session): void {
    this.sessions.delete(session);
    this.leaving.add(session);
  }

  closed(session: Session): void {
    this.leaving.delete(session);
    this.lookIfEmpty();
  }

  private get isUp(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }

  private async append(channel: string, data: unknown, by: string | undefined): Promise<Position> {
    const { broker, channels, clock, ids, notes } = this.inside;
    const publication = { id: ids.next(), data, atMs: clock.wallMs() };
    const named = by === undefined ? publication : { ...publication, by };
    const position = await broker.publish(channel, named);
    notes.published(channel, channels.subscribers(channel));
    return position;
  }

  private lookIfEmpty(): void {
    if (this.leaving.size === 0 && this.inside.channels.size === 0) {
      this.onEmpty?.();
    }
  }

  private sendAllAway(): void {
    for (const session of this.sessions) {
      session.end(disconnects.SERVER_STOPPING);
    }
  }

  private async stopOnce(withinMs: number): Promise<void> {
    const wasUp = this.isUp;
    this.phase = 'stopped';
    this.sendAllAway();
    await new Promise<void>((resolve) => {
      const cancel = this.inside.clock.after(withinMs, resolve);
      this.onEmpty = () => {
        cancel();
        resolve();
      };
      this.lookIfEmpty();
    });
    if (wasUp) {
      await this.inside.broker.stop();
    }
  }
}
