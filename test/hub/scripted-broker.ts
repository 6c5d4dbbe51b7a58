/**
 * An engine that does what a test tells it: announcements can be kept back, entries lost, and answers held until a test lets them go.
 */

import type { Clock } from '../../src/ground/clock.ts';
import { ordersChannel } from '../../src/hub/orders/nodes.ts';
import type {
  Appended,
  AppendOptions,
  Broker,
  BrokerError,
  Bus,
  Claim,
  Claims,
  Ears,
  Log,
  LogPage,
  NewPublication,
  Put,
  StatePage,
  Supports,
  Tops,
} from '../../src/ports/index.ts';
import { at, type Link, type Position, type Publication } from '../../src/wire/index.ts';

/** What the engine keeps of one producer in one channel. */
interface Numbered {
  epoch: number;
  last: number;
  readonly answers: Map<number, { readonly hash: string; readonly position: Position }>;
}

export interface EngineLog {
  epoch: string;
  entries: Publication[];
  /** Entries up to here are trimmed. */
  trimmedTo: number;
  /** Removals up to here are forgotten. */
  forgotten: number;
}

type Step =
  | 'start'
  | 'follow'
  | 'unfollow'
  | 'append'
  | 'read'
  | 'latest'
  | 'values'
  | 'tops'
  | 'get'
  | 'put'
  | 'renew'
  | 'release'
  | 'hearken'
  | 'send';

interface Held {
  readonly step: Step;
  readonly go: () => void;
}

const none: Link = { offset: 0, id: '' };

/** The engine: shared by the brokers of all hubs. */
export class ScriptedEngine {
  readonly logs: Map<string, EngineLog> = new Map();
  readonly producers: Map<string, Numbered> = new Map();
  readonly claims: Map<string, Claim & { readonly endsMs: number }> = new Map();
  /** By which leases end. */
  clock: Pick<Clock, 'nowMs'> = { nowMs: () => 0 };
  private readonly brokers: ScriptedBroker[] = [];
  private made = 0;

  broker(): ScriptedBroker {
    const broker = new ScriptedBroker(this);
    this.brokers.push(broker);
    return broker;
  }

  log(channel: string): EngineLog {
    let log = this.logs.get(channel);
    if (log === undefined) {
      log = { epoch: 'e1', entries: [], trimmedTo: 0, forgotten: 0 };
      this.logs.set(channel, log);
    }
    return log;
  }

  top(channel: string): Position {
    const { epoch, entries } = this.log(channel);
    return at(epoch, entries.at(-1) ?? none);
  }

  /** Stores without announcing. */
  store(channel: string, data: unknown, given: Partial<NewPublication> = {}): Publication {
    const { entries } = this.log(channel);
    const { offset, id } = entries.at(-1) ?? none;
    // Names of what a test appends do not depend on what hubs append for themselves.
    this.made += channel === ordersChannel ? 0 : 1;
    const publication: Publication = {
      id: `p${this.made}`,
      atMs: 0,
      ...given,
      data,
      offset: offset + 1,
      prev: { offset, id },
    };
    entries.push(publication);
    return publication;
  }

  /** Tells the brokers of all hubs that follow the topic. */
  say(topic: string, message: unknown): void {
    for (const broker of this.brokers) {
      broker.say(topic, message);
    }
  }

  announce(channel: string, publication: Publication, epoch?: string): void {
    for (const broker of this.brokers) {
      broker.announce(channel, epoch ?? this.log(channel).epoch, publication);
    }
  }

  /** Stores and announces. */
  append(channel: string, data: unknown, given: Partial<NewPublication> = {}): Publication {
    const publication = this.store(channel, data, given);
    this.announce(channel, publication);
    return publication;
  }

  /** The engine loses everything after `offset`. */
  loseAfter(channel: string, offset: number): void {
    const log = this.log(channel);
    log.entries = log.entries.filter((entry) => entry.offset <= offset);
  }

  /** Entries up to `offset` are retained no more. */
  trim(channel: string, offset: number): void {
    this.log(channel).trimmedTo = offset;
  }

  /** The log is lost, and another one begins. */
  renew(channel: string, epoch: string): void {
    this.logs.set(channel, { epoch, entries: [], trimmedTo: 0, forgotten: 0 });
  }

  page(channel: string, choose: (entries: Publication[]) => Publication[]): LogPage {
    const { epoch, entries, trimmedTo } = this.log(channel);
    const { offset, id } = entries.at(-1) ?? none;
    const retained = entries.filter((entry) => entry.offset > trimmedTo);
    return { epoch, top: { offset, id }, publications: choose(retained) };
  }
}

/** One hub's way to the engine. */
export class ScriptedBroker implements Broker {
  readonly supports: Supports = { durability: ['memory'], producerMs: 60_000, answersKept: 100 };
  readonly engine: ScriptedEngine;
  /** What the log was asked, in order, such as `read news 3`; and start and stop. */
  readonly calls: string[] = [];
  /** What each append asked for. */
  readonly durabilities: unknown[] = [];
  /** What the bus was asked, such as `send topic`. */
  readonly busCalls: string[] = [];
  readonly subscribed: Set<string> = new Set();
  readonly topics: Set<string> = new Set();
  readonly log: Log;
  readonly claims: Claims;
  readonly bus: Bus;
  /** Announcements that this hub will never hear. */
  isDeaf = false;
  /** What the bus loses on the way to this hub: everything. */
  isBusDeaf = false;
  /** Why the log of orders cannot be reached. */
  ordersFailure: Error | undefined;
  ears: Ears | undefined;
  /** With the latest answer. */
  private topsTold = new Map<string, string>();
  private readonly holding = new Set<Step>();
  private readonly held: Held[] = [];
  private readonly failures = new Map<Step, (BrokerError | Error)[]>();
  private readonly lostAnswers = new Map<Step, Error>();

  constructor(engine: ScriptedEngine) {
    this.engine = engine;
    this.log = {
      follow: (channel) => this.follow(channel),
      unfollow: (channel) => this.unfollow(channel),
      append: (channel, publication, options) => this.append(channel, publication, options),
      read: (channel, from, limit) => this.read(channel, from, limit),
      latest: (channel, limit) => this.latest(channel, limit),
      values: (channel, after, limit) => this.values(channel, after, limit),
      tops: (mark) => this.tops(mark),
    };
    this.claims = {
      get: (key) => this.get(key),
      put: (key, value, options) => this.put(key, value, options),
      renew: (key, revision, leaseMs) => this.renew(key, revision, leaseMs),
      release: (key, revision) => this.release(key, revision),
    };
    this.bus = {
      follow: async (topic) => {
        this.busCalls.push(`follow ${topic}`);
        await this.step('hearken');
        this.topics.add(topic);
      },
      unfollow: async (topic) => {
        this.busCalls.push(`unfollow ${topic}`);
        this.topics.delete(topic);
      },
      send: async (topic, message) => {
        this.busCalls.push(`send ${topic}`);
        await this.step('send');
        engine.say(topic, message);
      },
    };
  }

  /** Answers to `step` wait from now on until `letGo`. */
  hold(step: Step): void {
    this.holding.add(step);
  }

  waiting(step: Step): number {
    return this.held.filter((one) => one.step === step).length;
  }

  /** Lets the oldest answer go; holding goes on. */
  letGoOne(step: Step): void {
    const index = this.held.findIndex((one) => one.step === step);
    this.held.splice(index, 1)[0]!.go();
  }

  /** Lets the newest answer go. */
  letGoLatest(step: Step): void {
    const index = this.held.findLastIndex((one) => one.step === step);
    this.held.splice(index, 1)[0]!.go();
  }

  letGo(step: Step): void {
    this.holding.delete(step);
    for (const one of this.held.splice(0)) {
      if (one.step === step) {
        one.go();
      } else {
        this.held.push(one);
      }
    }
  }

  failNext(step: Step, error: Error): void {
    this.failures.set(step, [...(this.failures.get(step) ?? []), error]);
  }

  /** The next one is done, and its answer lost. */
  loseNextAnswer(step: 'append' | 'put', error: Error): void {
    this.lostAnswers.set(step, error);
  }

  announce(channel: string, epoch: string, publication: Publication): void {
    if (this.subscribed.has(channel) && !this.isDeaf) {
      this.ears?.deliver(channel, epoch, publication);
    }
  }

  say(topic: string, message: unknown): void {
    if (this.topics.has(topic) && !this.isBusDeaf) {
      this.ears?.hear(topic, message);
    }
  }

  async start(ears: Ears): Promise<void> {
    await this.step('start', 'start');
    this.ears = ears;
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
    this.ears = undefined;
  }

  private async follow(channel: string): Promise<void> {
    this.calls.push(`follow ${channel}`);
    this.subscribed.add(channel);
    await this.step('follow');
  }

  private async unfollow(channel: string): Promise<void> {
    this.calls.push(`unfollow ${channel}`);
    this.subscribed.delete(channel);
    await this.step('unfollow');
  }

  private async append(
    channel: string,
    publication: NewPublication,
    { producer, durability, expect }: AppendOptions = {},
  ): Promise<Appended> {
    if (channel === ordersChannel) {
      await this.orders();
      return this.stored(channel, publication);
    }
    this.durabilities.push(durability);
    await this.step('append', `append ${channel} ${JSON.stringify(publication.data)}`);
    const { producers } = this.engine;
    const stands = this.standing(channel, publication.key);
    if (expect !== undefined && (expect.offset !== stands.offset || expect.id !== stands.id)) {
      return { outcome: 'conflict', at: stands };
    }
    if (producer === undefined) {
      return this.stored(channel, publication);
    }
    const key = `${producer.name} ${channel}`;
    const known = producers.get(key) ?? { epoch: producer.epoch, last: 0, answers: new Map() };
    if (producer.epoch < known.epoch) {
      return { outcome: 'fenced', epoch: known.epoch };
    }
    const answer = known.answers.get(producer.seq);
    if (answer !== undefined) {
      return answer.hash === producer.hash
        ? { outcome: 'appended', position: answer.position, duplicate: true }
        : { outcome: 'reused' };
    }
    if (producer.seq <= known.last) {
      return { outcome: 'unknown' };
    }
    if (producer.seq > known.last + 1 && producer.seq !== producer.first) {
      return { outcome: 'outOfSequence', last: known.last };
    }
    known.epoch = producer.epoch;
    known.last = producer.seq;
    producers.set(key, known);
    const appended = this.stored(channel, publication);
    known.answers.set(producer.seq, { hash: producer.hash, position: appended.position });
    this.loseAnswer('append');
    return appended;
  }

  /** Where the key has its value, if it has one. */
  private standing(channel: string, key: string | undefined): Link {
    const last = this.engine.log(channel).entries.findLast((entry) => entry.key === key);
    return last === undefined || last.removed === true
      ? none
      : { offset: last.offset, id: last.id };
  }

  private stored(
    channel: string,
    publication: NewPublication,
  ): Extract<Appended, { outcome: 'appended' }> {
    const entry = this.engine.append(channel, publication.data, publication);
    const position = at(this.engine.log(channel).epoch, entry);
    return { outcome: 'appended', position, duplicate: false };
  }

  private async read(channel: string, fromOffset: number, limit: number): Promise<LogPage> {
    const page = this.engine.page(channel, (entries) =>
      entries.filter(({ offset }) => offset >= fromOffset).slice(0, limit),
    );
    if (channel === ordersChannel) {
      await this.orders();
      return page;
    }
    this.calls.push(`read ${channel} ${fromOffset}`);
    await this.step('read');
    return page;
  }

  private async latest(channel: string, limit: number): Promise<LogPage> {
    this.calls.push(`latest ${channel}`);
    const page = this.engine.page(channel, (entries) => entries.slice(-limit));
    await this.step('latest');
    return page;
  }

  private async values(channel: string, after: number, limit: number): Promise<StatePage> {
    if (channel !== ordersChannel) {
      this.calls.push(`values ${channel} ${after}`);
    }
    const { epoch, entries, forgotten } = this.engine.log(channel);
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const found = entries.filter(
      (entry) =>
        byKey.get(entry.key) === entry &&
        entry.offset > after &&
        !(entry.removed === true && entry.offset <= forgotten),
    );
    const { top } = this.engine.page(channel, () => []);
    await (channel === ordersChannel ? this.orders() : this.step('values'));
    const publications = found.slice(0, limit);
    return { epoch, top, publications, more: found.length > limit, forgotten };
  }

  private async tops(mark: string | undefined): Promise<Tops> {
    this.calls.push(`tops ${mark ?? ''}`);
    await this.step('tops');
    const known = mark === undefined ? new Map<string, string>() : this.topsTold;
    this.topsTold = new Map([...this.subscribed].map((name) => [name, this.topOf(name)]));
    const tops = [...this.subscribed]
      .filter((channel) => known.get(channel) !== this.topOf(channel))
      .map((channel) => {
        const { epoch, ...top } = this.engine.top(channel);
        return { channel, epoch, top };
      });
    return { mark: `m${this.calls.length}`, tops };
  }

  /** What hubs ask for themselves at all times is in no script, but for this. */
  private async orders(): Promise<void> {
    if (this.ordersFailure !== undefined) {
      throw this.ordersFailure;
    }
  }

  private topOf(channel: string): string {
    const { epoch, offset, id } = this.engine.top(channel);
    return `${epoch}:${offset}:${id}`;
  }

  private claimed(key: string): Claim | undefined {
    const claim = this.engine.claims.get(key);
    return claim !== undefined && claim.endsMs > this.engine.clock.nowMs() ? claim : undefined;
  }

  private async get(key: string): Promise<Claim | undefined> {
    await this.step('get');
    return this.claimed(key);
  }

  private async put(
    key: string,
    value: string,
    options: Parameters<Claims['put']>[2],
  ): Promise<Put> {
    await this.step('put');
    const found = this.claimed(key);
    if (found?.revision !== options.expect) {
      return { done: false, found };
    }
    const revision = `r${Number(found?.revision.slice(1) ?? 0) + 1}`;
    const endsMs = this.engine.clock.nowMs() + options.leaseMs;
    this.engine.claims.set(key, { value, revision, endsMs });
    this.loseAnswer('put');
    return { done: true, revision };
  }

  private async renew(key: string, revision: string, leaseMs: number): Promise<boolean> {
    await this.step('renew');
    const found = this.claimed(key);
    if (found?.revision !== revision) {
      return false;
    }
    this.engine.claims.set(key, { ...found, endsMs: this.engine.clock.nowMs() + leaseMs });
    return true;
  }

  private async release(key: string, revision: string): Promise<boolean> {
    await this.step('release');
    return this.claimed(key)?.revision === revision && this.engine.claims.delete(key);
  }

  private loseAnswer(step: Step): void {
    const lost = this.lostAnswers.get(step);
    this.lostAnswers.delete(step);
    if (lost !== undefined) {
      throw lost;
    }
  }

  private async step(step: Step, call?: string): Promise<void> {
    if (call !== undefined) {
      this.calls.push(call);
    }
    if (this.holding.has(step)) {
      await new Promise<void>((go) => {
        this.held.push({ step, go });
      });
    }
    const failure = this.failures.get(step)?.shift();
    if (failure !== undefined) {
      throw failure;
    }
  }
}
