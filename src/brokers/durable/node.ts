/**
 * One node's broker on an engine that several nodes of a process may share.
 * In: calls of a hub. Out: answers and announcements. Fails: `BROKER_STOPPED` while it does not run; `DURABILITY_UNSUPPORTED`; as the engine does.
 */
import {
  type AppendOptions,
  type Broker,
  BrokerError,
  type Bus,
  type Claims,
  type Deliver,
  type Durability,
  type Ears,
  type Hear,
  type Log,
  type NewPublication,
  type Retain,
  type Supports,
  type Tops,
} from '../../ports/index.ts';
import { mustBeProducer } from '../local/numbering.ts';
import { getClaim, mustBeClaim, putClaim, releaseClaim, renewClaim } from './claims.ts';
import type { Engine } from './engine.ts';
import { draftOf } from './records.ts';

/** Whatever is asked, the answer comes when it is on disk. */
const durability: readonly Durability[] = ['memory', 'disk'];

/** A lease that is as good as endless, and still a number in JSON. */
const longestLeaseMs = 1e15;

export class DurableNode implements Broker {
  readonly supports: Supports;
  readonly log: Log;
  readonly claims: Claims;
  readonly bus: Bus;
  private readonly engine: Engine;
  private ears: Ears | undefined;
  private readonly channels = new Set<string>();
  private readonly topics = new Set<string>();
  private readonly deliver: Deliver = (channel, epoch, publication) =>
    this.ears?.deliver(channel, epoch, publication);
  private readonly hear: Hear = (topic, message) => this.ears?.hear(topic, message);

  constructor(engine: Engine) {
    this.engine = engine;
    const { producerMs, answersKept } = engine.options;
    this.supports = { durability, producerMs, answersKept };
    this.log = this.makeLog();
    this.claims = this.makeClaims();
    this.bus = this.makeBus();
  }

  async start(ears: Ears): Promise<void> {
    if (this.ears === undefined) {
      await this.engine.open();
    }
    this.ears = ears;
  }

  async stop(): Promise<void> {
    if (this.ears === undefined) {
      return;
    }
    this.ears = undefined;
    for (const channel of this.channels) {
      this.engine.followers.remove(channel, this.deliver);
    }
    for (const topic of this.topics) {
      this.engine.bus.unfollow(topic, this.hear);
    }
    this.channels.clear();
    this.topics.clear();
    await this.engine.close();
  }

  /** The engine, while it may be asked. */
  private get running(): Engine {
    if (this.ears === undefined) {
      throw new BrokerError('BROKER_STOPPED', 'the broker is not running', false);
    }
    return this.engine;
  }

  private makeLog(): Log {
    return {
      follow: async (channel) => this.follow(channel),
      unfollow: async (channel) => {
        this.running.followers.remove(channel, this.deliver);
        this.channels.delete(channel);
      },
      append: async (channel, publication, options = {}) =>
        this.running.append(requestOf(channel, publication, options)),
      read: async (channel, fromOffset, limit) => this.running.read(channel, fromOffset, limit),
      latest: async (channel, limit) => this.running.latest(channel, limit),
      values: async (channel, afterOffset, limit) =>
        this.running.values(channel, afterOffset, limit),
      tops: async (mark) => this.tops(mark),
    };
  }

  private async follow(channel: string): Promise<void> {
    const { followers } = this.running;
    const isNew = !this.channels.has(channel);
    followers.add(channel, this.deliver);
    this.channels.add(channel);
    try {
      followers.show(channel, await this.engine.epochOf(channel));
    } catch (error) {
      if (isNew) {
        // Who was told that it does not follow it never says that it leaves.
        followers.remove(channel, this.deliver);
        this.channels.delete(channel);
      }
      throw error;
    }
  }

  private async tops(mark: string | undefined): Promise<Tops> {
    const { followers } = this.running;
    // The mark first: what changes while we look is named again next time.
    const changed = followers.changedSince(this.deliver, mark);
    const tops: Tops['tops'][number][] = [];
    for (const channel of changed.channels) {
      tops.push(await this.engine.top(channel));
    }
    return { mark: changed.mark, tops };
  }

  private makeClaims(): Claims {
    return {
      get: async (key) => this.running.step((view, house) => getClaim(view, house, key)),
      put: async (key, value, { expect, leaseMs: given }) => {
        mustBeClaim(value, given);
        const leaseMs = Math.min(given, longestLeaseMs);
        const putting = { key, value, expect, leaseMs };
        return this.running.step((view, house) => putClaim(view, house, putting), value.length);
      },
      renew: async (key, revision, given) => {
        mustBeClaim('', given);
        const leaseMs = Math.min(given, longestLeaseMs);
        return this.running.step((view, house) =>
          renewClaim(view, house, { key, revision, leaseMs }),
        );
      },
      release: async (key, revision) =>
        this.running.step((view, house) => releaseClaim(view, house, { key, revision })),
    };
  }

  private makeBus(): Bus {
    return {
      follow: async (topic) => {
        this.running.bus.follow(topic, this.hear);
        this.topics.add(topic);
      },
      unfollow: async (topic) => {
        this.running.bus.unfollow(topic, this.hear);
        this.topics.delete(topic);
      },
      send: async (topic, message) => this.running.bus.send(topic, message),
    };
  }
}

function requestOf(
  name: string,
  publication: NewPublication,
  { producer, expect, retain, durability: asked }: AppendOptions,
): Parameters<Engine['append']>[0] {
  if (asked !== undefined && !durability.includes(asked)) {
    throw new BrokerError('DURABILITY_UNSUPPORTED', `durable cannot keep it on ${asked}`, false);
  }
  if (expect !== undefined && publication.key === undefined) {
    throw new TypeError('what is expected of a key needs a key');
  }
  if (producer !== undefined) {
    mustBeProducer(producer);
  }
  return { name, draft: draftOf(publication), producer, expect, retain: finite(retain) };
}

/** JSON has no word for what has no end, and that is no rule. */
function finite(retain: Retain = {}): Retain | undefined {
  const rules = Object.entries(retain).filter(([, most]) => Number.isFinite(most));
  return rules.length === 0 ? undefined : Object.fromEntries(rules);
}
