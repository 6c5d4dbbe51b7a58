/**
 * A network with one hub that only remembers, behind the native gateway, for the tests of the network.
 * In: conditions. Out: what both sides saw, each with its time. Cannot fail.
 */
import { native } from '../../../src/gateways/native.ts';
import { Shared } from '../../../src/ground/shared.ts';
import type { FrontDesk, Outlet } from '../../../src/ports/index.ts';
import {
  advance,
  type Conditions,
  ManualClock,
  type MemoryNetwork,
  memoryNetwork,
  type NetworkLimits,
  seededRandom,
} from '../../../src/testing/index.ts';
import { type ClientMessage, jsonSubprotocol, toJson } from '../../../src/wire/index.ts';

export type Seen = readonly [atMs: number, what: string, ...rest: readonly unknown[]];

export interface Guest {
  readonly seen: Seen[];
  say(id: number): void;
  sendText(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface Hall extends FrontDesk {
  readonly seen: Seen[];
  readonly outlets: Outlet[];
  /** To the latest client. */
  tell(id: number): void;
  /** Called after each message. */
  react: (message: ClientMessage, outlet: Outlet) => void;
}

export interface World {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  readonly hall: Hall;
  readonly stop: () => void;
  readonly turn: (ms: number) => Promise<void>;
  readonly visit: (host?: string, url?: string, subprotocols?: readonly string[]) => Guest;
}

export function hallOn(clock: ManualClock): Hall {
  const seen: Seen[] = [];
  const outlets: Outlet[] = [];
  const hall: Hall = {
    seen,
    outlets,
    react: () => undefined,
    tell: (id) => outlets.at(-1)!.send(pong(id)),
    post: { node: 'n', follow: async () => () => undefined, send: async () => undefined },
    open(outlet) {
      outlets.push(outlet);
      seen.push([clock.nowMs(), 'opened', outlet.name, outlet.address]);
      return {
        receive(message) {
          seen.push([clock.nowMs(), message.type, 'id' in message ? message.id : undefined]);
          hall.react(message, outlet);
        },
        reject: ({ name }) => void seen.push([clock.nowMs(), 'rejected', name]),
        closed: () => void seen.push([clock.nowMs(), 'closed']),
      };
    },
  };
  return hall;
}

export function makeWorld(options: Conditions & NetworkLimits & { seed?: number } = {}): World {
  const clock = new ManualClock();
  const { seed = 1, ...rest } = options;
  const network = memoryNetwork({ clock, random: seededRandom(seed), ...rest });
  const hall = hallOn(clock);
  const stop = network.serve(hall, { gateways: [native()] });
  return {
    clock,
    network,
    hall,
    stop,
    turn: (ms) => advance(clock, ms),
    visit(host = 'phone', url = 'ws://server/', subprotocols = [jsonSubprotocol]) {
      const seen: Seen[] = [];
      const road = network.transport(host).open(url, subprotocols, {
        opened: () => void seen.push([clock.nowMs(), 'opened']),
        received: (payload) => void seen.push([clock.nowMs(), 'received', payload]),
        closed: ({ code, reason }) => void seen.push([clock.nowMs(), 'closed', code, reason]),
      });
      return {
        seen,
        say: (id) => road.send(toJson({ type: 'ping', id })),
        sendText: (text) => road.send(text),
        close: (code = 1000, reason = '') => road.close(code, reason),
      };
    },
  };
}

export function pong(id: number): Shared<{ readonly type: 'pong'; readonly id: number }> {
  return new Shared({ type: 'pong', id } as const);
}

/** What the client receives for `tell`. */
export function told(id: number): string {
  return toJson({ type: 'pong', id });
}
