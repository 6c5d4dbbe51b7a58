/**
 * The channels of a store: those that exist, who follows them, and which may be forgotten when another needs room.
 * In: names. Out: channels. Fails: `BROKER_FULL` when there are too many and none may be forgotten.
 */
import { BrokerError, type Ears } from '../../ports/index.ts';
import { type Idle, IdleOrder } from './idle-order.ts';
import { MemoryLog } from './log.ts';
import type { FullMemoryOptions } from './options.ts';
import { KeyedValues } from './values.ts';

/** A node, as channels and topics know it: whom to tell. */
export interface Follower {
  readonly ears: Ears;
}

export interface Channel extends Idle<Channel> {
  readonly name: string;
  readonly log: MemoryLog;
  readonly values: KeyedValues;
  readonly followers: Set<Follower>;
  /** When it was last appended to, or last lost a follower. */
  usedMs: number;
  /** When its top last changed, by the count of the store. */
  changed: number;
}

export class Channels {
  private readonly options: FullMemoryOptions;
  private readonly byName = new Map<string, Channel>();
  /** Those that nobody follows and that have no values. */
  private readonly idle = new IdleOrder<Channel>();
  /** Of all logs that begin from now on, until one is forgotten: what comes back after that must be told apart. */
  private nextEpoch: string;

  constructor(options: FullMemoryOptions) {
    this.options = options;
    this.nextEpoch = options.randomId();
  }

  find(name: string): Channel | undefined {
    return this.byName.get(name);
  }

  /** One that does not exist yet is shown with the life that it would begin; asking makes none. */
  shown(name: string): Channel {
    return this.byName.get(name) ?? this.make(name);
  }

  /** The channel of this name, which begins to exist if it did not. */
  use(name: string, nowMs: number): Channel {
    let channel = this.byName.get(name);
    if (channel === undefined) {
      this.makeRoom(nowMs);
      channel = this.make(name);
      this.byName.set(name, channel);
    }
    return channel;
  }

  /** To be called when something was done with the channel: it stands last among the idle, or not among them. */
  used(channel: Channel, nowMs: number): void {
    channel.usedMs = nowMs;
    this.idle.remove(channel);
    if (channel.followers.size > 0) {
      return;
    }
    if (channel.log.top.offset === 0) {
      // Nothing is lost with it, and names that were only tried take no room.
      this.byName.delete(channel.name);
    } else if (channel.values.size === 0) {
      this.idle.add(channel);
    }
  }

  private make(name: string): Channel {
    return {
      name,
      log: new MemoryLog(this.nextEpoch, this.options),
      values: new KeyedValues(this.options),
      followers: new Set(),
      usedMs: 0,
      changed: 0,
      older: undefined,
      newer: undefined,
    };
  }

  private makeRoom(nowMs: number): void {
    const { maxChannels, forgetAfterMs, randomId } = this.options;
    if (this.byName.size < maxChannels) {
      return;
    }
    const { oldest } = this.idle;
    if (oldest === undefined || nowMs - oldest.usedMs < forgetAfterMs) {
      throw new BrokerError('BROKER_FULL', 'there are too many channels', true);
    }
    this.idle.remove(oldest);
    this.byName.delete(oldest.name);
    this.nextEpoch = randomId();
  }
}
