/**
 * The application's side: clients that follow channels, publish, crash and come back with what they had kept.
 * In: a network, chance, what to do. Out: a history of what they were told.
 */
import type { Client } from '../../src/client/client.ts';
import { createClient } from '../../src/client/create-client.ts';
import { ClientError } from '../../src/client/errors.ts';
import { keepIn } from '../../src/client/storage/index.ts';
import type { PublishedAt, Subscription } from '../../src/client/subscription.ts';
import { ladder } from '../../src/client/transports/ladder.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';
import type { Chance } from './chance.ts';
import { Disk, freeLocks } from './disk.ts';
import type { History, Reading } from './history.ts';
import { isState } from './hub-process.ts';
import type { Network } from './network.ts';
import type { Sabotage } from './sabotage.ts';
import { Sayings } from './sayings.ts';
import { ProcessClock, type Time } from './time.ts';

export class Person {
  readonly name: string;
  /** What it says beside what it publishes. */
  readonly sayings: Sayings;
  clock: ProcessClock;
  private readonly time: Time;
  private readonly network: Network;
  private readonly chance: Chance;
  private readonly history: History;
  private readonly sabotage: Sabotage;
  /** It has more than one kind of road to choose from. */
  private readonly hasLadder: boolean;
  private client: Client | undefined;
  /** Where its outbox outlives it; some have none. */
  private readonly disk: Disk | undefined;
  /** Channels with what is kept of each: the position goes with the effect. */
  private readonly readings = new Map<string, Reading>();
  /** Present ones, by channel. */
  private readonly subscriptions = new Map<string, Subscription>();
  /** Channels that it does not want to follow just now. */
  private readonly left = new Set<string>();
  private lives = 0;
  private published = 0;

  constructor(
    name: string,
    {
      time,
      network,
      chance,
      history,
      sabotage,
      hasLadder,
    }: {
      readonly time: Time;
      readonly network: Network;
      readonly chance: Chance;
      readonly history: History;
      readonly sabotage: Sabotage;
      readonly hasLadder: boolean;
    },
  ) {
    this.name = name;
    this.time = time;
    this.network = network;
    this.chance = chance;
    this.history = history;
    this.sabotage = sabotage;
    this.hasLadder = hasLadder;
    this.sayings = new Sayings(name, network, history);
    this.disk = chance.happens(0.5) ? new Disk(time, chance.fork(), sabotage.record) : undefined;
    this.clock = new ProcessClock(time);
  }

  /** Comes, or comes back after a crash. */
  come(): void {
    if (this.client !== undefined) {
      return;
    }
    this.lives += 1;
    this.clock = new ProcessClock(this.time);
    const { clock, chance, name } = this;
    this.client = createClient('ws://hub.test/', {
      clock,
      random: chance.next,
      randomId: () => chance.hex(32),
      transport: this.transport(),
      token: name,
      backoff: { firstMs: 200, maxMs: 3_000 },
      ...(this.disk && { keep: keepIn(this.disk, { locks: freeLocks }) }),
    });
    this.sayings.came(this.client, this.publisher);
    for (const reading of this.readings.values()) {
      if (!this.left.has(reading.channel)) {
        this.listen(this.client, reading);
      }
    }
  }

  private get publisher(): string {
    return `${this.name}/${this.lives}`;
  }

  /** Streams at best; where they do not pass, requests, until they pass again. */
  private transport(): ClientTransport {
    const { network, name, clock } = this;
    const streams = network.transport(name);
    if (!this.hasLadder) {
      return streams;
    }
    return ladder([streams, network.transport(name, 'poll')], {
      fetch: (_url, { signal } = {}) => network.probe(name, clock, signal),
      clock,
      rungWithinMs: 1_500,
      climbAfterMs: 3_000,
    });
  }

  follow(channel: string): void {
    if (this.readings.has(channel)) {
      return;
    }
    const reading = this.history.reading(this.name, channel);
    this.readings.set(channel, reading);
    if (this.client !== undefined) {
      this.listen(this.client, reading);
    }
  }

  /** Follows it no more, until `followAgain`. */
  leave(channel: string): void {
    const subscription = this.subscriptions.get(channel);
    if (subscription !== undefined) {
      this.left.add(channel);
      this.subscriptions.delete(channel);
      subscription.unsubscribe();
    }
  }

  followAgain(channel: string): void {
    const reading = this.readings.get(channel);
    if (this.left.delete(channel) && this.client !== undefined && reading !== undefined) {
      this.listen(this.client, reading);
    }
  }

  signal(channel: string): void {
    this.sayings.signal(this.subscriptions.get(channel));
  }

  publish(channel: string): void {
    const { client } = this;
    if (client === undefined) {
      return;
    }
    this.expectAnswer(channel, (value) => client.publish(channel, value));
  }

  private expectAnswer(channel: string, send: (value: string) => Promise<PublishedAt>): void {
    const { client } = this;
    this.published += 1;
    const attempt = this.history.attempt(channel, this.publisher, this.published);
    send(attempt.value).then(
      ({ position }) => {
        if (this.client === client) {
          attempt.told = 'stored';
          attempt.position = position;
        }
      },
      (error: unknown) => {
        if (this.client === client) {
          const isUnknown = error instanceof ClientError && error.code === 'OUTCOME_UNKNOWN';
          attempt.told = isUnknown ? 'unknown' : 'refused';
        }
      },
    );
  }

  /** Its process is gone, between any two steps of it. */
  crash(isTold: boolean): void {
    this.clock.isDead = true;
    this.client = undefined;
    this.subscriptions.clear();
    this.sayings.crashed();
    this.disk?.crash();
    for (const connection of this.network.connections) {
      if (connection.client === this.name) {
        connection.abandon('client', isTold);
      }
    }
    for (const reading of this.readings.values()) {
      reading.isLive = false;
    }
    const { publisher } = this;
    for (const attempt of this.history.attempts) {
      if (attempt.publisher === publisher && attempt.told === 'pending') {
        attempt.told = 'unknown';
      }
    }
  }

  /** The value of a key: another, or none. */
  change(channel: string): void {
    const subscription = this.subscriptions.get(channel);
    if (subscription === undefined) {
      return;
    }
    const key = this.chance.pick(['left', 'right', 'middle']);
    if (this.chance.happens(0.25)) {
      // It says nothing by which it could be known again: only what it leads to is looked at.
      subscription.remove(key).catch(() => undefined);
    } else {
      this.expectAnswer(channel, (value) => subscription.set(key, value));
    }
  }

  /** Nothing waits to be sent: what a former life left neither. */
  get isIdle(): boolean {
    return this.client?.outbox.entries.length === 0;
  }

  /** Where it stands: that moves without a word when nothing changes for this reader. */
  note(): void {
    for (const [channel, { position }] of this.subscriptions) {
      this.readings.get(channel)!.position = position;
    }
  }

  private listen(client: Client, reading: Reading): void {
    const { moments } = reading;
    // Of keyed state nothing is kept: what there is comes anew.
    const since = isState(reading.channel) ? undefined : reading.position;
    reading.state.clear();
    moments.push({ kind: 'begin', since });
    const isKept = since !== undefined && this.sabotage.keepsPosition;
    const subscription = client.subscribe(reading.channel, isKept ? { since } : {});
    this.subscriptions.set(reading.channel, subscription);
    const isHere = (what: string): boolean => {
      if (this.client !== client) {
        return false;
      }
      const isPresent = this.subscriptions.get(reading.channel) === subscription;
      if (!isPresent) {
        moments.push({ kind: 'late', what });
      }
      return isPresent;
    };
    subscription.on('publication', ({ position, offset, data, atMs }) => {
      if (isHere('publication')) {
        const [epoch = ''] = position.split(':');
        moments.push({ kind: 'publication', epoch, offset, value: data, atMs });
        reading.position = position;
      }
    });
    subscription.on('gap', ({ reason, from, to }) => {
      if (isHere('gap')) {
        moments.push({ kind: 'gap', reason, from, to });
        reading.position = to;
      }
    });
    subscription.on('state', ({ key, value }) => {
      if (isHere('state')) {
        const { position = '', offset = 0, data } = value ?? {};
        moments.push({ kind: 'state', key, epoch: position.split(':')[0]!, offset, value: data });
        reading.state.set(key, data);
      }
    });
    subscription.on('signal', ({ data }) => {
      if (isHere('signal')) {
        moments.push({ kind: 'signal', value: data, via: this.network.only(this.name) });
      }
    });
    subscription.on('status', ({ status }) => {
      if (status === 'ended') {
        reading.isLive = false;
      } else if (isHere('status')) {
        reading.isLive = status === 'live';
        if (reading.position === undefined && subscription.position !== undefined) {
          moments.push({ kind: 'begin', since: subscription.position });
          reading.position = subscription.position;
        }
      }
    });
  }
}
