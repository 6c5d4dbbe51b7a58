/**
 * Readers by every transport of one hub, in memory: of each one that stays, one that goes and comes back, and one that comes late.
 * In: an application's rights, run by run. Out: what each of them was told. Fails: as its readers do.
 */

import { longPoll } from '../../../src/client/transports/long-poll.ts';
import { sse } from '../../../src/client/transports/sse.ts';
import type { ClientTransport } from '../../../src/client/transports/transport.ts';
import { eventSource } from '../../../src/gateways/event-source.ts';
import { native } from '../../../src/gateways/native.ts';
import type { Hub } from '../../../src/hub/index.ts';
import { testbed } from '../../../src/testbed/index.ts';
import { eventSourceTransport } from '../../../src/transports/event-source.ts';
import { httpTransport } from '../../../src/transports/http-transport.ts';
import { RequestsInMemory } from '../../transports/requests-in-memory.ts';
import { type Entry, EventReader } from './event-reader.ts';
import { implementJournal, type Journal, last, type Rights } from './journal.ts';
import { type Pass, RoadReader, until } from './road-reader.ts';

/** One reader of one channel. */
export interface Follower {
  /** From the beginning, or from where it was. Gives `ok`, or why not. */
  follow(): Promise<string>;
  leave(): Promise<void>;
  entries(): readonly Entry[];
  values(): ReadonlyMap<string, unknown>;
}

class ByRoad implements Follower {
  readonly reader: RoadReader;
  private readonly channel: string;

  constructor(reader: RoadReader, channel: string) {
    this.reader = reader;
    this.channel = channel;
  }

  follow(): Promise<string> {
    const { channel } = this;
    const since = this.reader.position(channel);
    return this.reader.ask({
      type: 'subscribe',
      channel,
      ...(since === undefined ? {} : { since }),
    });
  }

  async leave(): Promise<void> {
    await this.reader.ask({ type: 'unsubscribe', channel: this.channel });
  }

  entries(): readonly Entry[] {
    return this.reader.publications(this.channel);
  }

  values(): ReadonlyMap<string, unknown> {
    return this.reader.values(this.channel);
  }
}

class ByEvents implements Follower {
  private readonly reader: EventReader;
  private readonly pass: Pass;

  constructor(reader: EventReader, pass: Pass) {
    this.reader = reader;
    this.pass = pass;
  }

  async follow(): Promise<string> {
    const { reader } = this;
    const before = reader.told.length;
    reader.open();
    const isAnswered = (): boolean =>
      reader.hasEnded || reader.told.slice(before).some(({ name }) => name === 'subscribed');
    await until(this.pass, isAnswered);
    return reader.status === 403 ? 'FORBIDDEN' : reader.hasEnded ? 'ended' : 'ok';
  }

  async leave(): Promise<void> {
    this.reader.cut();
    await this.pass();
  }

  entries(): readonly Entry[] {
    return this.reader.entries();
  }

  values(): ReadonlyMap<string, unknown> {
    return this.reader.values();
  }
}

export interface Cast {
  readonly stays: readonly Follower[];
  readonly goes: readonly Follower[];
  readonly late: readonly Follower[];
  /** What history shows, by each road but that of events; or why not. */
  history(page: number): Promise<(readonly Entry[] | string)[]>;
}

export class Crowd {
  readonly hub: Hub;
  readonly app: Journal;
  readonly rights: Map<string, Rights>;
  /** Turns the clock, for all who wait for it. */
  readonly pass: Pass;
  /** Reads on a road of its own. */
  readonly come: (token: string) => Promise<RoadReader>;
  private readonly requests: RequestsInMemory;
  /** Their names. */
  readonly roads: readonly string[];
  private readonly readers: readonly (readonly RoadReader[])[];

  private constructor(
    made: Pick<Crowd, 'hub' | 'app' | 'rights' | 'pass' | 'come' | 'roads'>,
    requests: RequestsInMemory,
    readers: readonly (readonly RoadReader[])[],
  ) {
    this.hub = made.hub;
    this.app = made.app;
    this.rights = made.rights;
    this.pass = made.pass;
    this.come = made.come;
    this.requests = requests;
    this.readers = readers;
    this.roads = made.roads;
  }

  static async start(): Promise<Crowd> {
    const bed = testbed();
    const { clock } = bed;
    const rights = new Map<string, Rights>();
    const app = implementJournal(rights);
    const { hub } = await bed.serve({ app, limits: { pageEntries: 4 } });
    const requests = new RequestsInMemory();
    const { endpoint, fetch } = requests;
    const common = { endpoint, hub, clock, paddingBytes: 1 };
    const roads = httpTransport({ ...common, path: '/', gateways: [native()] });
    eventSourceTransport({ ...common, path: '/events', gateway: eventSource(), cookie: 'who' });
    let turning: Promise<void> | undefined;
    const pass = (): Promise<void> => {
      turning ??= bed.advance(1).finally(() => {
        turning = undefined;
      });
      return turning;
    };
    const starting = roads.start();
    await pass();
    await starting;
    const options = { fetch, clock, random: () => 0.5, locks: false } as const;
    const transports = [bed.network.transport('page'), sse(options), longPoll(options)];
    const come = (transport: ClientTransport, token: string): Promise<RoadReader> =>
      RoadReader.come({ transport, url: 'ws://server/', token, pass });
    const readers: RoadReader[][] = [];
    for (let of = 0; of < 3; of += 1) {
      readers.push(await Promise.all(transports.map((each) => come(each, 'reader'))));
    }
    const comeBy = (token: string): Promise<RoadReader> => come(transports[0]!, token);
    const names = transports.map(({ name }) => name);
    return new Crowd({ hub, app, rights, pass, come: comeBy, roads: names }, requests, readers);
  }

  /** Nobody of them follows the channel yet. */
  cast(channel: string): Cast {
    const url = `http://server/events?channel=${encodeURIComponent(channel)}`;
    const by = (readers: readonly RoadReader[]): Follower[] => [
      ...readers.map((reader) => new ByRoad(reader, channel)),
      new ByEvents(new EventReader(this.requests.fetch, url, { Cookie: 'who=reader' }), this.pass),
    ];
    const [stays, goes, late] = this.readers as [RoadReader[], RoadReader[], RoadReader[]];
    const history = (page: number): Promise<(readonly Entry[] | string)[]> =>
      Promise.all(late.map((reader) => reader.history(channel, page)));
    return { stays: by(stays), goes: by(goes), late: by(late), history };
  }

  /** Each of them has been told what comes last, by its event or its key. */
  async heard(followers: readonly Follower[], isLast = byName): Promise<void> {
    await until(this.pass, () => followers.every((one) => one.entries().some(isLast)));
  }

  /** Nobody follows anything any more, or remembers it. */
  async end(...followers: readonly Follower[]): Promise<void> {
    await Promise.all(followers.map((one) => one.leave()));
    for (const reader of this.readers.flat()) {
      reader.forget();
    }
  }
}

function byName({ event, key }: Entry): boolean {
  return event === last || key === last;
}
