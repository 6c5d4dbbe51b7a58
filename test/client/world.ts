/**
 * A client on roads that a test holds at the other end, with a clock turned by hand and chance that is always one half.
 */
import type { Client, StatusChange } from '../../src/client/client.ts';
import { createClient } from '../../src/client/create-client.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import type { Subscription } from '../../src/client/subscription.ts';
import type { ClientTransport, Road, RoadListener } from '../../src/client/transports/transport.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import {
  type ChannelKind,
  type ClientMessage,
  clientMessagesFromJson,
  type Of,
  type Position,
  type Publication,
  type ServerMessage,
  toJson,
} from '../../src/wire/index.ts';

/** That a channel was asked for, alone or with others. */
export interface Join {
  readonly id: number;
  readonly channel: string;
  readonly since?: Position;
}

/** The server's end of one connection. */
export class FakeRoad implements Road {
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly sent: ClientMessage[] = [];
  /** How the client closed it. */
  closedWith: { code: number; reason: string } | undefined;
  private readonly listener: RoadListener;

  constructor(url: string, subprotocols: readonly string[], listener: RoadListener) {
    this.url = url;
    this.subprotocols = subprotocols;
    this.listener = listener;
  }

  send(frame: string | Uint8Array): void {
    const read =
      typeof frame === 'string' ? clientMessagesFromJson(frame) : { problem: 'it is binary' };
    if ('problem' in read) {
      throw new Error(`the client sent what no message is: ${read.problem}`);
    }
    this.sent.push(...read.messages);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  open(): void {
    this.listener.opened();
  }

  say(message: ServerMessage): void {
    this.listener.received(toJson(message));
  }

  sayRaw(payload: string | Uint8Array): void {
    this.listener.received(payload);
  }

  better(): void {
    this.listener.better?.();
  }

  end(code = 1006, reason = ''): void {
    this.listener.closed({ code, reason });
  }

  welcome(user = 'ada'): void {
    this.open();
    this.say(welcome(user));
  }

  /** Lets the client in, with the session that it named. */
  resumed(): void {
    this.open();
    this.say({ ...welcome(), resumed: true });
  }

  /** For which channels the client asked, and from where, in order. */
  joins(): Join[] {
    return this.sent.flatMap((message): Join[] => {
      if (message.type === 'subscribe') {
        const { type: _, ...join } = message;
        return [join];
      }
      return message.type === 'resume'
        ? message.channels.map((wish) => ({ ...wish, id: message.id }))
        : [];
    });
  }

  lastJoin(): Join {
    const found = this.joins().at(-1);
    if (found === undefined) {
      throw new Error('no channel was asked for');
    }
    return found;
  }

  all<Type extends ClientMessage['type']>(type: Type): Of<ClientMessage, Type>[] {
    return this.sent.filter((message) => message.type === type) as Of<ClientMessage, Type>[];
  }

  last<Type extends ClientMessage['type']>(type: Type): Of<ClientMessage, Type> {
    const found = this.all(type).at(-1);
    if (found === undefined) {
      throw new Error(`no ${type} was sent`);
    }
    return found;
  }
}

export interface World {
  readonly client: Client;
  readonly clock: ManualClock;
  readonly roads: FakeRoad[];
  readonly changes: StatusChange[];
  /** The present connection. */
  readonly road: () => FakeRoad;
}

export function startWorld(options: ClientOptions = {}): World {
  const clock = new ManualClock();
  const roads: FakeRoad[] = [];
  let names = 0;
  const transport: ClientTransport = {
    name: 'fake',
    open(url, subprotocols, listener) {
      const road = new FakeRoad(url, subprotocols, listener);
      roads.push(road);
      return road;
    },
  };
  const client = createClient('ws://example.test/', {
    clock,
    random: () => 0.5,
    randomId: () => {
      names += 1;
      return `producer ${names} of these tests`;
    },
    transport,
    ...options,
  });
  const changes: StatusChange[] = [];
  client.on('status', (change) => changes.push(change));
  return { client, clock, roads, changes, road: () => roads.at(-1)! };
}

/** A world whose client has been let in. */
export function connectedWorld(options: ClientOptions = {}): World {
  const world = startWorld(options);
  world.road().welcome();
  world.changes.length = 0;
  return world;
}

export function welcome(user = 'ada', version = 1, maxPending = 64): Of<ServerMessage, 'welcome'> {
  const stay = { session: 's1', secret: 'x'.repeat(22), resumed: false };
  return { type: 'welcome', version, capabilities: [], ...stay, user, maxPending };
}

/** Entry number `n` of the log of one epoch; `id` tells forks apart. */
export function entry(n: number, data: unknown = n): Publication {
  return { ...link(n), prev: link(n - 1), data, atMs: n, by: 'bob' };
}

export function place(n: number, epoch = 'e1'): Position {
  return { epoch, ...link(n) };
}

function link(n: number): { offset: number; id: string } {
  return { offset: n, id: n === 0 ? '' : `id${n}` };
}

/** What a subscription told, in order. */
export function watch(subscription: Subscription): unknown[] {
  const told: unknown[] = [];
  subscription.on('publication', ({ data }) => told.push(data));
  subscription.on('gap', ({ reason, from, to }) => told.push(`${reason} ${from} ${to}`));
  subscription.on('status', ({ status, error }) =>
    told.push(error === undefined ? status : `${status} ${error.code}`),
  );
  return told;
}

/** Answers the last subscribe: resumed at `n`. */
export function admit(
  road: FakeRoad,
  n: number,
  { epoch = 'e1', kind = 'log' as ChannelKind } = {},
): void {
  const { id, channel } = road.lastJoin();
  road.say({ type: 'subscribed', id, channel, kind, position: place(n, epoch) });
}

export function caughtUp(road: FakeRoad, n: number, channel = 'room', epoch = 'e1'): void {
  road.say({ type: 'caughtUp', channel, position: place(n, epoch) });
}

export function publish(road: FakeRoad, n: number, channel = 'room'): void {
  road.say({ type: 'publication', channel, publication: entry(n) });
}

/** Lets promises that are settled run what waits for them. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.resolve();
  }
}

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it resolved');
}
