/**
 * A log that does what a test tells it: announcements can be kept back, entries lost, and answers held until a test lets them go.
 */
import type {
  Broker,
  BrokerError,
  Deliver,
  LogPage,
  NewPublication,
} from '../../src/ports/index.ts';
import { at, type Link, type Position, type Publication } from '../../src/wire/index.ts';

export interface Log {
  epoch: string;
  entries: Publication[];
  /** Entries up to here are trimmed. */
  trimmedTo: number;
}

type Step = 'subscribe' | 'unsubscribe' | 'publish' | 'read' | 'latest' | 'start';

interface Held {
  readonly step: Step;
  readonly go: () => void;
}

const none: Link = { offset: 0, id: '' };

/** The engine: shared by the brokers of all hubs. */
export class ScriptedEngine {
  readonly logs: Map<string, Log> = new Map();
  private readonly brokers: ScriptedBroker[] = [];
  private made = 0;

  broker(): ScriptedBroker {
    const broker = new ScriptedBroker(this);
    this.brokers.push(broker);
    return broker;
  }

  log(channel: string): Log {
    let log = this.logs.get(channel);
    if (log === undefined) {
      log = { epoch: 'e1', entries: [], trimmedTo: 0 };
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
    this.made += 1;
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
    this.logs.set(channel, { epoch, entries: [], trimmedTo: 0 });
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
  readonly engine: ScriptedEngine;
  /** What was asked, in order, such as `read news 3`. */
  readonly calls: string[] = [];
  readonly subscribed: Set<string> = new Set();
  /** Announcements that this hub will never hear. */
  isDeaf = false;
  deliver: Deliver | undefined;
  private readonly holding = new Set<Step>();
  private readonly held: Held[] = [];
  private readonly failures = new Map<Step, (BrokerError | Error)[]>();

  constructor(engine: ScriptedEngine) {
    this.engine = engine;
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

  announce(channel: string, epoch: string, publication: Publication): void {
    if (this.subscribed.has(channel) && !this.isDeaf) {
      this.deliver?.(channel, epoch, publication);
    }
  }

  async start(deliver: Deliver): Promise<void> {
    await this.step('start', 'start');
    this.deliver = deliver;
  }

  async subscribe(channel: string): Promise<void> {
    this.calls.push(`subscribe ${channel}`);
    this.subscribed.add(channel);
    await this.step('subscribe');
  }

  async unsubscribe(channel: string): Promise<void> {
    this.calls.push(`unsubscribe ${channel}`);
    this.subscribed.delete(channel);
    await this.step('unsubscribe');
  }

  async publish(channel: string, publication: NewPublication): Promise<Position> {
    await this.step('publish', `publish ${channel} ${JSON.stringify(publication.data)}`);
    const entry = this.engine.append(channel, publication.data, publication);
    return at(this.engine.log(channel).epoch, entry);
  }

  async read(channel: string, fromOffset: number, limit: number): Promise<LogPage> {
    this.calls.push(`read ${channel} ${fromOffset}`);
    const page = this.engine.page(channel, (entries) =>
      entries.filter(({ offset }) => offset >= fromOffset).slice(0, limit),
    );
    await this.step('read');
    return page;
  }

  async latest(channel: string, limit: number): Promise<LogPage> {
    this.calls.push(`latest ${channel}`);
    const page = this.engine.page(channel, (entries) => entries.slice(-limit));
    await this.step('latest');
    return page;
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
    this.deliver = undefined;
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
