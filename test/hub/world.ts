/**
 * A hub in a test: a clock that is turned by hand, a scripted broker, and clients that write down what they are told.
 */
import type { Shared } from '../../src/ground/shared.ts';
import type { ChannelIdentity } from '../../src/hub/channel/channel.ts';
import type { Followed, Receiver } from '../../src/hub/channel/receiver.ts';
import { rulesFrom } from '../../src/hub/channel/rules.ts';
import { Ids, platformRandom } from '../../src/hub/ids.ts';
import { createHub, type Hub, type HubLimits, type HubOptions } from '../../src/hub/index.ts';
import type { Inside } from '../../src/hub/inside.ts';
import { notesFor } from '../../src/hub/notes.ts';
import { hubLimits } from '../../src/hub/options.ts';
import { Revoked } from '../../src/hub/orders/revoked.ts';
import { PostRoom } from '../../src/hub/post.ts';
import type { Broker, Desk, Observer, Outlet, Policy } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type {
  ChannelKind,
  ClientMessage,
  Disconnect,
  Of,
  Position,
  Publish,
  ServerMessage,
} from '../../src/wire/index.ts';
import { type ScriptedBroker, ScriptedEngine } from './scripted-broker.ts';

/** Everything that promises still had to do is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Timers of a hub that runs and has nothing to do: its node's next sign of life, and its next look for orders. */
export const atRest = 2;

export const openPolicy: Policy = {
  connect: ({ token }) => token ?? 'ann',
  subscribe: () => true,
  publish: () => true,
  signal: () => true,
};

export class TestClient implements Outlet {
  readonly name = 'test';
  readonly address: string | undefined = '192.0.2.1';
  readonly got: ServerMessage[] = [];
  bufferedBytes = 0;
  /** Why it was sent away. */
  why: Disconnect | undefined;
  /** It does not close when it is told to. */
  lingers = false;
  desk!: Desk;
  private waiting: (() => void)[] = [];
  private lastId = 0;

  send(message: Shared<ServerMessage>): void {
    this.got.push(message.value);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  get awaitsRoom(): boolean {
    return this.waiting.length > 0;
  }

  drain(): void {
    this.bufferedBytes = 0;
    for (const go of this.waiting.splice(0)) {
      go();
    }
  }

  close(why: Disconnect): void {
    this.why = why;
    if (!this.lingers) {
      // It may be sent away before `open` has given it its desk.
      (this.desk as Desk | undefined)?.closed();
    }
  }

  say(message: ClientMessage): void {
    this.desk.receive(message);
  }

  hello(token?: string): void {
    const named = token === undefined ? {} : { token };
    this.say({ type: 'hello', version: 1, capabilities: [], ...named });
  }

  /** Gives the id of the request. */
  subscribe(channel: string, since?: Position): number {
    const id = this.nextId();
    this.say({ type: 'subscribe', id, channel, ...(since === undefined ? {} : { since }) });
    return id;
  }

  unsubscribe(channel: string): number {
    const id = this.nextId();
    this.say({ type: 'unsubscribe', id, channel });
    return id;
  }

  publish(channel: string, data: unknown, more: Partial<Publish> = {}): number {
    const id = this.nextId();
    this.say({ type: 'publish', id, channel, data, ...more });
    return id;
  }

  signal(channel: string, data: unknown): void {
    this.say({ type: 'signal', channel, data });
  }

  history(channel: string, limit: number, after?: Position): number {
    const id = this.nextId();
    this.say({ type: 'history', id, channel, limit, ...(after === undefined ? {} : { after }) });
    return id;
  }

  all<Type extends ServerMessage['type']>(type: Type): Of<ServerMessage, Type>[] {
    return this.got.filter((message): message is Of<ServerMessage, Type> => message.type === type);
  }

  /** What has come since the last look, in short: `publication 3`, `gap trimmed 2 4`, `error FORBIDDEN`. */
  told(): string[] {
    return this.got.splice(0).map(short);
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

function short(message: ServerMessage): string {
  switch (message.type) {
    case 'publication': {
      const { key, data, removed } = message.publication;
      const said = removed === true ? 'removed' : String(data);
      return `publication ${key === undefined ? '' : `${key}=`}${said}`;
    }
    case 'signal':
      return `signal ${message.by} ${String(message.data)}`;
    case 'gap':
      return `gap ${message.gap.reason} ${message.gap.from.offset} ${message.gap.to.offset}`;
    case 'subscribed': {
      const { gap, position, snapshot } = message;
      const fell = gap === undefined ? '' : ` gap ${gap.reason} ${gap.from.offset}`;
      return `subscribed ${position.offset}${fell}${snapshot === true ? ' snapshot' : ''}`;
    }
    case 'caughtUp':
      return `caughtUp ${message.position.offset}`;
    case 'error':
      return `error ${message.id} ${message.code}`;
    case 'appended': {
      const again = message.duplicate === true ? ' again' : '';
      return `appended ${message.id} ${message.position.offset}${again}`;
    }
    case 'pong':
    case 'unsubscribed':
      return `${message.type} ${message.id}`;
    default:
      return message.type;
  }
}

export interface World {
  readonly hub: Hub;
  readonly clock: ManualClock;
  readonly engine: ScriptedEngine;
  readonly broker: ScriptedBroker;
  /** What the observer was told, such as `gapped news trimmed`. */
  readonly notes: string[];
  readonly failures: unknown[];
  readonly connect: () => TestClient;
  /** Connected, welcomed, with nothing left to look at. */
  readonly enter: (token?: string) => Promise<TestClient>;
}

export async function startWorld(
  options: Partial<HubOptions> & { readonly engine?: ScriptedEngine } = {},
): Promise<World> {
  const world = makeWorld(options);
  await world.hub.start();
  return world;
}

export function makeWorld({
  engine = new ScriptedEngine(),
  ...options
}: Partial<HubOptions> & { readonly engine?: ScriptedEngine } = {}): World {
  const clock = (options.clock as ManualClock | undefined) ?? new ManualClock();
  engine.clock = clock;
  const broker = engine.broker();
  const notes: string[] = [];
  const failures: unknown[] = [];
  const observer = noteTaker(notes, failures);
  const hub = createHub({ policy: openPolicy, broker, clock, observer, ...options });
  const connect = (): TestClient => {
    const client = new TestClient();
    client.desk = hub.open(client);
    return client;
  };
  const enter = async (token?: string): Promise<TestClient> => {
    const client = connect();
    client.hello(token);
    await settled();
    client.told();
    return client;
  };
  return { hub, clock, engine, broker, notes, failures, connect, enter };
}

function noteTaker(notes: string[], failures: unknown[]): Observer {
  return {
    connected: (_, user) => notes.push(`connected ${user}`),
    disconnected: (_, why) => notes.push(`disconnected ${why}`),
    subscribed: (_, channel) => notes.push(`subscribed ${channel}`),
    published: (channel, subscribers) => notes.push(`published ${channel} ${subscribers}`),
    resumed: (_, user) => notes.push(`resumed ${user}`),
    slowed: (channel, rule) => notes.push(`slowed ${channel} ${rule}`),
    gapped: (channel, reason) => notes.push(`gapped ${channel} ${reason}`),
    refused: (_, code) => notes.push(`refused ${code}`),
    failed: (error) => failures.push(error),
  };
}

/** What the rooms of a hub share, without a hub. */
export function insideFor(broker: Broker, limits: HubLimits = {}): Inside {
  const clock = new ManualClock();
  const ids = new Ids(clock, platformRandom);
  return {
    broker,
    policy: openPolicy,
    clock,
    limits: hubLimits(limits),
    ids,
    notes: notesFor(),
    post: new PostRoom(() => 'n1', broker, notesFor()),
    rulesOf: rulesFrom(() => undefined),
    revoked: new Revoked(clock, 1_000),
    ordersUpTo: () => undefined,
  };
}

/** A channel of the application's, for whoever joins it without a session. */
export function logNamed(name: string): ChannelIdentity {
  return { name, shown: name, rules: { kind: 'log', slow: 'spill' } };
}

/** A session that hears nothing. */
export const deafReceiver: Receiver = {
  isFull: false,
  hasRoom: true,
  send: () => undefined,
  room: () => undefined,
  inTurn: (work) => work(),
};

/** A channel that nothing is known of beyond this, and that doubts nothing. */
export function followedAt(kind: ChannelKind, top: Position): Followed {
  return {
    shown: 'news',
    rules: { kind, slow: 'spill' },
    top,
    outran: () => undefined,
    fell: () => undefined,
    isFallen: () => false,
  };
}
