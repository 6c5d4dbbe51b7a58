/**
 * Threat D11 (docs/3-reference/threats.md) over sockets: what is shown live over a websocket is what streams, polls and a plain `EventSource` show, live
 * and when they come back, and what history and snapshots show. A thousand permissions, in memory: test/hub/app/same-by-every-way.test.ts.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import { memory } from '../../src/brokers/memory.ts';
import { dialled } from '../../src/client/node/transport.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';
import { createEndpoint, systemClock } from '../../src/endpoint/index.ts';
import { eventSource } from '../../src/gateways/event-source.ts';
import { native } from '../../src/gateways/native.ts';
import { createHub } from '../../src/hub/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';
import { httpTransport } from '../../src/transports/http-transport.ts';
import { websocketTransport } from '../../src/transports/websocket.ts';
import { memberFrom, rosterMark } from '../../src/wire/index.ts';
import { type Entry, EventReader } from '../../test/hub/app/event-reader.ts';
import {
  implementJournal,
  keyOf,
  last,
  mayBeSeen,
  members,
  nameOf,
  type Rights,
  type Run,
  runs,
  shownOf,
  takesAway,
} from '../../test/hub/app/journal.ts';
import { apply, RoadReader, until } from '../../test/hub/app/road-reader.ts';
import { openGate } from '../gate.ts';

const count = 24;
const pass = (): Promise<void> => sleep(3);
/** Thirty seconds, where the machine is quick. */
const turns = 10_000;
const transports: readonly ClientTransport[] = [dialled(), sse(), longPoll()];

async function serve(rights: ReadonlyMap<string, Rights>) {
  const app = implementJournal(rights);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>');
  });
  const endpoint = createEndpoint();
  const hub = createHub({ app, broker: memory(), clock: systemClock, limits: { pageEntries: 4 } });
  const common = { endpoint, hub };
  websocketTransport({ ...common, path: '/live', gateways: [native()] });
  const roads = httpTransport({ ...common, path: '/live', gateways: [native()] });
  eventSourceTransport({ ...common, path: '/events', gateway: eventSource(), cookie: 'who' });
  await hub.start();
  await roads.start();
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    await hub.stop({ withinMs: 500 });
    roads.stop();
    await endpoint.close({ withinMs: 0 });
    server.closeAllConnections();
    server.close();
  });
  return { app, port };
}

/** One run under each name, and the same of all of them at a time: what is said in each. */
type Runs = ReadonlyMap<string, Run>;

function someRuns(seed: number): Runs {
  const sampled = fc.sample(runs, { numRuns: count, seed });
  return new Map(sampled.map((run, index) => [`${index}`, run]));
}

const channelsOf = (all: Runs): string[] =>
  [...all.keys()].flatMap((run) => [`log/${run}`, `map/${run}`, `${rosterMark}log/${run}`]);

function mayRead(all: Runs, channel: string): boolean {
  const { sight, looks } = all.get(/\d+$/.exec(channel)![0])!.rights;
  return channel.startsWith(rosterMark) ? looks : sight !== undefined;
}

/** A reader of all channels, by whatever way, with how it was answered about each. */
interface Follower {
  readonly answers: Map<string, string>;
  entries(channel: string): readonly Entry[];
  values(channel: string): ReadonlyMap<string, unknown>;
}

async function byRoad(
  { port, transport }: { readonly port: number; readonly transport: ClientTransport },
  channels: readonly string[],
  after?: RoadReader,
): Promise<Follower & { readonly reader: RoadReader }> {
  const url = `ws://127.0.0.1:${port}/live`;
  const going = after === undefined ? {} : { after };
  const reader = await RoadReader.come({ transport, url, token: 'reader', pass, turns, ...going });
  onTestFinished(() => reader.close());
  const answers = new Map<string, string>();
  for (const channel of channels) {
    const since = reader.position(channel);
    const from = since === undefined ? {} : { since };
    answers.set(channel, await reader.ask({ type: 'subscribe', channel, ...from }));
  }
  return {
    reader,
    answers,
    entries: (channel) => reader.publications(channel),
    values: (channel) => reader.values(channel),
  };
}

class ByEvents implements Follower {
  readonly answers: Map<string, string> = new Map();
  private readonly readers: ReadonlyMap<string, EventReader>;

  constructor(port: number, channels: readonly string[]) {
    const at = (channel: string): string =>
      `http://127.0.0.1:${port}/events?channel=${encodeURIComponent(channel)}`;
    const made = (channel: string): EventReader =>
      new EventReader(fetch, at(channel), { Cookie: 'who=reader' });
    this.readers = new Map(channels.map((channel) => [channel, made(channel)]));
    onTestFinished(() => this.cut());
  }

  async open(): Promise<this> {
    for (const [channel, reader] of this.readers) {
      const before = reader.told.length;
      reader.open();
      const isThere = (): boolean => reader.told.slice(before).some((one) => one.name !== '');
      await until(pass, () => reader.hasEnded || isThere(), turns);
      const ended = reader.status === 403 ? 'FORBIDDEN' : `ended with ${reader.status}`;
      this.answers.set(channel, reader.hasEnded ? ended : 'ok');
    }
    return this;
  }

  cut(): void {
    for (const reader of this.readers.values()) {
      reader.cut();
    }
  }

  entries(channel: string): readonly Entry[] {
    return this.readers.get(channel)!.entries();
  }

  values(channel: string): ReadonlyMap<string, unknown> {
    return this.readers.get(channel)!.values();
  }
}

/** Says everything of all runs, in steps that all take together; what each must show then. */
class Stage {
  readonly values = new Map<string, Map<string, number>>();
  private readonly app: Awaited<ReturnType<typeof serve>>['app'];
  private readonly people: readonly RoadReader[];

  private constructor(app: Stage['app'], people: readonly RoadReader[]) {
    this.app = app;
    this.people = people;
  }

  static async open({ app, port }: Awaited<ReturnType<typeof serve>>): Promise<Stage> {
    const url = `ws://127.0.0.1:${port}/live`;
    const people = [...members, last].map((token) =>
      RoadReader.come({ transport: dialled(), url, token, pass, turns }),
    );
    return new Stage(app, await Promise.all(people));
  }

  async say(run: string, n: number, { stands }: Rights): Promise<void> {
    const map = this.app.channel('map/:run', { run });
    const [values, roster] = [this.of(`map/${run}`), this.of(`${rosterMark}log/${run}`)];
    const index = n % members.length;
    const person = this.people[index]!;
    const channel = `log/${run}`;
    await this.app.channel('log/:run', { run }).publish(nameOf(n), n);
    if (takesAway(n)) {
      values.delete(keyOf(n));
      roster.delete(person.session);
      await map.remove(keyOf(n));
      await person.ask({ type: 'exit', channel });
    } else {
      values.set(keyOf(n), n);
      await map.set(keyOf(n), n);
      if ((await person.ask({ type: 'enter', channel, data: n })) === 'ok') {
        expect(stands).toContain(members[index]);
        roster.set(person.session, n);
      }
    }
  }

  async sayLast(run: string): Promise<void> {
    await this.app.channel('log/:run', { run }).publish(last, 0);
    await this.app.channel('map/:run', { run }).set(last, 0);
    const person = this.people.at(-1)!;
    await person.ask({ type: 'enter', channel: `log/${run}`, data: 0 });
    this.of(`map/${run}`).set(last, 0);
    this.of(`${rosterMark}log/${run}`).set(person.session, 0);
  }

  isLast({ event, key }: Entry): boolean {
    return event === last || key === last || key === this.people.at(-1)!.session;
  }

  private of(channel: string): Map<string, number> {
    const values = this.values.get(channel) ?? new Map<string, number>();
    this.values.set(channel, values);
    return values;
  }
}

function valuesIn(entries: readonly Entry[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const entry of entries) {
    apply(values, entry);
  }
  return values;
}

/** What is shown of values; of members what they say. */
function plain(values: ReadonlyMap<string, unknown>): unknown {
  return new Map(
    [...values].map(([key, value]) => [
      key,
      typeof value === 'number' ? value : memberFrom(value)?.data,
    ]),
  );
}

describe('D11: the same by every way, over sockets', () => {
  it('by websockets, streams, polls and events: live, after a resume, as a snapshot and by history', async () => {
    const seed = randomInt(2 ** 31);
    const all = someRuns(seed);
    const rights = new Map([...all].map(([run, one]) => [run, one.rights]));
    const served = await serve(rights);
    const { port } = served;
    const stage = await Stage.open(served);
    const channels = channelsOf(all);
    const stays: Follower[] = await Promise.all([
      ...transports.map((transport) => byRoad({ port, transport }, channels)),
      new ByEvents(port, channels).open(),
    ]);
    const leaving = await Promise.all(
      transports.map((transport) => byRoad({ port, transport }, channels)),
    );
    const events = await new ByEvents(port, channels).open();
    const saying = async (from: number, to: number): Promise<void> => {
      for (const [run, one] of all) {
        for (const n of one.entries.slice(from, to)) {
          await stage.say(run, n, one.rights);
        }
      }
    };
    await saying(0, 5);
    for (const { reader } of leaving) {
      reader.close();
    }
    events.cut();
    await saying(5, 10);
    const back = transports.map((transport, index) =>
      byRoad({ port, transport }, channels, leaving[index]!.reader),
    );
    const goes: Follower[] = await Promise.all([...back, events.open()]);
    await saying(10, 14);
    for (const run of all.keys()) {
      await stage.sayLast(run);
    }
    const snapshots = channels.filter((channel) => !channel.startsWith('log/'));
    const late: Follower[] = await Promise.all([
      ...transports.map((transport) => byRoad({ port, transport }, snapshots)),
      new ByEvents(port, snapshots).open(),
    ]);
    const followers = [...stays, ...goes];

    for (const channel of channels) {
      const what = `${channel} of seed ${seed}`;
      const isLog = channel.startsWith('log/');
      const those = isLog ? followers : [...followers, ...late];
      const answer = mayRead(all, channel) ? 'ok' : 'FORBIDDEN';
      expect(
        those.map(({ answers }) => answers.get(channel)),
        what,
      ).toEqual(those.map(() => answer));
      if (answer === 'ok') {
        const isTold = (one: Follower): boolean =>
          one.entries(channel).some((entry) => stage.isLast(entry));
        await until(pass, () => those.every(isTold), turns);
      }
      const run = all.get(/\d+$/.exec(channel)![0])!;
      const read: (readonly Entry[] | string)[] = [];
      for (const { reader } of await Promise.all(back)) {
        read.push(await reader.history(channel, run.page));
      }
      if (answer !== 'ok') {
        expect(read, what).toEqual(read.map(() => 'FORBIDDEN'));
        expect(those.flatMap((one) => one.entries(channel))).toEqual([]);
      } else if (isLog) {
        const shown = [...those.map((one) => one.entries(channel)), ...(read as Entry[][])];
        const wanted = shownOf(run.rights, run.entries);
        expect(
          shown.map((one) => one.map(({ event, data }) => [event, data])),
          what,
        ).toEqual(shown.map(() => wanted));
        const ids = shown.map((one) => one.map(({ id }) => id));
        expect(ids, what).toEqual(ids.map(() => ids[0]));
      } else {
        const isMap = channel.startsWith('map/');
        const wanted = [...stage.values.get(channel)!].filter(
          ([key, n]) => !isMap || mayBeSeen(run.rights, key, n),
        );
        const shown = [
          ...those.map((one) => one.values(channel)),
          ...(read as Entry[][]).map((one) => valuesIn(one)),
        ];
        expect(shown.map(plain), what).toEqual(shown.map(() => new Map(wanted)));
      }
    }
  });

  it('by the EventSource of Chromium, which comes back by itself', async () => {
    const seed = randomInt(2 ** 31);
    const readable = fc.sample(
      runs.filter(({ rights, entries }) => rights.sight !== undefined && entries.length > 7),
      { numRuns: 4, seed },
    );
    const all = new Map(readable.map((run, index) => [`${index}`, run]));
    const { app, port } = await serve(new Map([...all].map(([run, one]) => [run, one.rights])));
    const gate = await openGate(port);
    onTestFinished(() => gate.close());
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const context = await browser.newContext();
    const url = `http://127.0.0.1:${gate.port}/`;
    await context.addCookies([{ name: 'who', value: 'reader', url }]);
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(`
      globalThis.told = {};
      globalThis.opened = 0;
      for (const run of ${JSON.stringify([...all.keys()])}) {
        told[run] = [];
        const source = new EventSource('/events?channel=log/' + run);
        source.addEventListener('subscribed', () => { opened += 1; });
        source.onmessage = ({ data }) => told[run].push(JSON.parse(data));
      }
    `);
    const soon = { timeout: 30_000 };
    const opened = (): Promise<unknown> => page.evaluate('opened');
    await expect.poll(opened, soon).toBe(4);
    const saying = async (from: number, to: number): Promise<void> => {
      for (const [run, { entries }] of all) {
        for (const n of entries.slice(from, to)) {
          await app.channel('log/:run', { run }).publish(nameOf(n), n);
        }
      }
    };
    await saying(0, 3);
    gate.cut();
    await saying(3, 6);
    gate.heal();
    await expect.poll(opened, soon).toBe(8);
    await saying(6, 14);
    for (const run of all.keys()) {
      await app.channel('log/:run', { run }).publish(last, 0);
    }
    const wanted = [...all].map(([run, { rights, entries }]) => [run, shownOf(rights, entries)]);
    const shown = async (): Promise<unknown> => {
      const told = (await page.evaluate('told')) as Record<string, Entry[]>;
      return Object.entries(told).map(([run, entries]) => [
        run,
        entries.map(({ event, data }) => [event, data]),
      ]);
    };
    await expect.poll(shown, { ...soon, message: `seed ${seed}` }).toEqual(wanted);
  });
});
