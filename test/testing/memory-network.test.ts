import { describe, expect, it } from 'vitest';
import { native } from '../../src/gateways/native.ts';
import { memoryNetwork } from '../../src/testing/index.ts';
import { hallOn, makeWorld, pong, told, type World } from './memory-network/world.ts';

describe('a network in memory', () => {
  it('brings a client to the hub that is served there, and both to each other', async () => {
    const { visit, hall, turn } = makeWorld();
    const guest = visit();
    await turn(0);
    guest.say(1);
    hall.tell(2);
    await turn(0);
    expect(hall.seen).toEqual([
      [0, 'opened', 'memory', 'phone'],
      [0, 'ping', 1],
    ]);
    expect(guest.seen).toEqual([
      [0, 'opened'],
      [0, 'received', told(2)],
    ]);
  });

  it('does nothing outside of the turns of the clock', async () => {
    const { visit, hall, network } = makeWorld();
    const guest = visit();
    network.cut();
    for (let turn = 0; turn < 100; turn += 1) {
      await Promise.resolve();
    }
    expect([guest.seen, hall.seen]).toEqual([[], []]);
  });

  it('delays: a connect takes both ways, a message one', async () => {
    const { visit, hall, turn } = makeWorld({ delayMs: 25 });
    const guest = visit();
    await turn(100);
    guest.say(1);
    await turn(100);
    expect(guest.seen).toEqual([[50, 'opened']]);
    expect(hall.seen).toEqual([
      [25, 'opened', 'memory', 'phone'],
      [125, 'ping', 1],
    ]);
  });

  it('jitters: order is kept on one road, and not between two', async () => {
    const { visit, hall, turn, network } = makeWorld({ seed: 3 });
    const one = visit('one');
    const other = visit('other');
    await turn(0);
    hall.seen.length = 0;
    network.set({ jitterMs: 100 });
    const sent: number[] = [];
    for (let id = 1; id <= 5; id += 1) {
      one.say(id);
      other.say(10 + id);
      sent.push(id, 10 + id);
    }
    await turn(100);
    const heard = hall.seen.map(([, , id]) => Number(id));
    expect(heard.filter((id) => id <= 10)).toEqual([1, 2, 3, 4, 5]);
    expect(heard.filter((id) => id > 10)).toEqual([11, 12, 13, 14, 15]);
    expect(heard).not.toEqual(sent);
  });

  it('refuses a share of the connects', async () => {
    const { visit, turn } = makeWorld({ refuseShare: 0.5 });
    const guests = Array.from({ length: 100 }, () => visit());
    await turn(0);
    const refused = guests.filter(({ seen }) => seen[0]![1] === 'closed');
    expect(refused[0]!.seen).toEqual([[0, 'closed', 1006, 'the connect was refused']]);
    expect(refused.length).toBeGreaterThan(25);
    expect(refused.length).toBeLessThan(75);
  });

  it('refuses all, or nobody, from when it is set', async () => {
    const { visit, turn, network } = makeWorld({ refuseShare: 1 });
    const first = visit();
    await turn(0);
    network.set({});
    const second = visit();
    await turn(0);
    expect(first.seen).toEqual([[0, 'closed', 1006, 'the connect was refused']]);
    expect(second.seen).toEqual([[0, 'opened']]);
  });

  it('cuts at a share of the messages, from either side', async () => {
    const { visit, turn, hall, network } = makeWorld();
    const guests = Array.from({ length: 100 }, () => visit());
    await turn(0);
    network.set({ cutShare: 0.5 });
    for (const [at, guest] of guests.entries()) {
      if (at % 2 === 0) {
        guest.say(1);
      } else {
        hall.outlets[at]!.send(pong(9));
      }
    }
    await turn(0);
    const cut = guests.map(({ seen }) => seen.some(([, what]) => what === 'closed'));
    for (const side of [0, 1]) {
      const share = cut.filter((was, at) => was && at % 2 === side).length / 50;
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.8);
    }
  });

  it('cuts at messages only: a connect comes through', async () => {
    const { visit, turn } = makeWorld({ cutShare: 1 });
    const guest = visit();
    await turn(0);
    guest.say(1);
    await turn(0);
    expect(guest.seen).toEqual([
      [0, 'opened'],
      [0, 'closed', 1006, 'the network cut the road'],
    ]);
  });

  it('lets a slow reader speak as fast as any', async () => {
    const { visit, turn, hall } = makeWorld({ readBytesPerSecond: 0 });
    const guest = visit();
    await turn(0);
    guest.say(1);
    hall.tell(2);
    await turn(1_000);
    expect(hall.seen.at(-1)).toEqual([0, 'ping', 1]);
    expect(guest.seen).toEqual([[0, 'opened']]);
  });

  it('splits hosts: all waits, nobody is told, connects hang; and goes on when healed', async () => {
    const { visit, hall, turn, network } = makeWorld({ delayMs: 10 });
    const phone = visit('phone');
    const tablet = visit('tablet');
    await turn(20);
    hall.seen.length = 0;
    network.partition(['phone'], ['server']);
    phone.say(1);
    tablet.say(2);
    hall.outlets[0]!.send(pong(9));
    const later = visit('phone');
    await turn(100_000);
    expect(hall.seen).toEqual([[30, 'ping', 2]]);
    expect(hall.outlets[0]!.bufferedBytes).toBe(told(9).length);
    expect(phone.seen).toHaveLength(1);
    network.heal();
    await turn(20);
    expect(hall.seen.slice(1)).toEqual([
      [100_030, 'ping', 1],
      [100_030, 'opened', 'memory', 'phone'],
    ]);
    expect(phone.seen.at(-1)).toEqual([100_030, 'received', told(9)]);
    expect(later.seen).toEqual([[100_040, 'opened']]);
  });

  it('has hubs at many hosts', async () => {
    const { visit, turn, network, clock, hall } = makeWorld();
    const second = hallOn(clock);
    network.serve(second, { gateways: [native()], host: 'second:8080' });
    visit('phone', 'ws://second:8080/path?query');
    visit('phone', 'WSS://server');
    await turn(0);
    expect([hall.outlets.length, second.outlets.length]).toEqual([1, 1]);
  });

  it('a hub that stops: its roads are cut, who comes is refused, and another may take its place', async () => {
    const { visit, turn, network, clock, hall, stop } = makeWorld();
    const first = visit();
    await turn(0);
    stop();
    const second = visit();
    await turn(0);
    expect(first.seen.at(-1)).toEqual([0, 'closed', 1006, 'the network cut the road']);
    expect(hall.seen.at(-1)).toEqual([0, 'closed']);
    expect(second.seen).toEqual([[0, 'closed', 1006, 'nobody serves at server']]);
    const successor = hallOn(clock);
    network.serve(successor, { gateways: [native()] });
    stop();
    const third = visit();
    await turn(0);
    expect([third.seen, successor.outlets.length]).toEqual([[[0, 'opened']], 1]);
  });

  it('a client that speaks no subprotocol of the server is refused', async () => {
    const { visit, turn, hall } = makeWorld();
    const guest = visit('phone', 'ws://server/', ['chat']);
    await turn(0);
    expect(guest.seen).toEqual([[0, 'closed', 1006, 'none of the subprotocols is spoken there']]);
    expect(hall.seen).toEqual([]);
  });

  it('chooses the subprotocol by the order of the gateways', async () => {
    const { clock, network, turn } = makeWorld();
    const chosen: string[] = [];
    const gateways = ['a', 'b', 'c'].map((subprotocol) => ({
      subprotocol,
      open: () => {
        chosen.push(subprotocol);
        return { received: () => undefined, closed: () => undefined };
      },
    }));
    network.serve(hallOn(clock), { gateways, host: 'other' });
    const listener = {
      opened: () => undefined,
      received: () => undefined,
      closed: () => undefined,
    };
    network.transport('phone').open('ws://other/', ['c', 'b'], listener);
    await turn(0);
    expect(chosen).toEqual(['b']);
  });
});

describe('where conditions are set', () => {
  /** When a message that is sent now arrives. */
  async function took({ visit, hall, turn, clock }: World, host = 'phone'): Promise<number> {
    const guest = visit(host);
    await turn(10_000);
    const before = clock.nowMs();
    guest.say(1);
    await turn(10_000);
    const [atMs] = hall.seen.findLast(([, what]) => what === 'ping')!;
    guest.close();
    await turn(10_000);
    return atMs - before;
  }

  it('those of the client’s host count before the server’s, and those before all', async () => {
    const world = makeWorld({ delayMs: 1 });
    world.network.transport('phone');
    expect(await took(world)).toBe(1);
    world.network.setHost('server', { delayMs: 2 });
    expect(await took(world)).toBe(2);
    world.network.setHost('phone', { delayMs: 3 });
    expect([await took(world), await took(world, 'tablet')]).toEqual([3, 2]);
    world.network.setHost('phone', { jitterMs: 0 });
    expect(await took(world)).toBe(2);
    world.network.setHost('server', {});
    expect(await took(world)).toBe(1);
    world.network.set({});
    expect(await took(world)).toBe(0);
  });

  it('they hold for roads that are open', async () => {
    const { visit, hall, turn, network } = makeWorld();
    const phone = visit('phone');
    const tablet = visit('tablet');
    await turn(0);
    network.setHost('phone', { swallow: 'toServer' });
    phone.say(1);
    tablet.say(2);
    await turn(0);
    network.set({ delayMs: 7 });
    tablet.say(3);
    await turn(7);
    expect(hall.seen.slice(2)).toEqual([
      [0, 'ping', 2],
      [7, 'ping', 3],
    ]);
  });

  it('cut and roads: of one host, or all', async () => {
    const { visit, turn, network } = makeWorld();
    const phone = visit('phone');
    const tablet = visit('tablet');
    await turn(0);
    expect(network.roads().map(({ client }) => client)).toEqual(['phone', 'tablet']);
    expect(network.roads('tablet').map(({ id }) => id)).toEqual([2]);
    expect(network.roads('server').map(({ id }) => id)).toEqual([1, 2]);
    network.cut('phone');
    await turn(0);
    expect([phone.seen.length, tablet.seen.length]).toEqual([2, 1]);
    network.cut();
    await turn(0);
    expect([phone.seen.length, tablet.seen.length, network.roads().length]).toEqual([2, 2, 0]);
  });
});

describe('misuse is thrown', () => {
  const error = (code: string) => expect.objectContaining({ name: 'NetworkError', code });

  it('HOST_TAKEN: a second hub at a host', () => {
    const { network, hall } = makeWorld();
    expect(() => network.serve(hall, { gateways: [native()] })).toThrow(error('HOST_TAKEN'));
  });

  it('HOST_UNKNOWN: a fault for a host that nobody has', () => {
    const { network } = makeWorld();
    expect(() => network.setHost('phnoe', {})).toThrow(error('HOST_UNKNOWN'));
    expect(() => network.cut('phnoe')).toThrow(error('HOST_UNKNOWN'));
    expect(() => network.roads('phnoe')).toThrow(error('HOST_UNKNOWN'));
    expect(() => network.partition(['server'], ['phnoe'])).toThrow(error('HOST_UNKNOWN'));
  });

  it('TOO_MANY_HOSTS: one more than may be', () => {
    const { network } = makeWorld({ maxHosts: 2 });
    network.transport('phone');
    network.transport('phone');
    expect(() => network.transport('tablet')).toThrow(error('TOO_MANY_HOSTS'));
  });

  it('OPTION_INVALID: conditions that cannot be, wherever they are set', () => {
    const { network, visit } = makeWorld();
    visit();
    expect(() => makeWorld({ delayMs: -1 })).toThrow(error('OPTION_INVALID'));
    expect(() => network.set({ delayMs: -1 })).toThrow(error('OPTION_INVALID'));
    expect(() => network.setHost('phone', { delayMs: -1 })).toThrow(error('OPTION_INVALID'));
    expect(() => network.roads()[0]!.set({ delayMs: -1 })).toThrow(error('OPTION_INVALID'));
  });
});

describe('as many roads as may be', () => {
  it('one more is refused; one that is over makes room', async () => {
    const { visit, turn } = makeWorld({ maxRoads: 2 });
    const guests = [visit(), visit(), visit()];
    await turn(0);
    expect(guests[2]!.seen).toEqual([[0, 'closed', 1006, 'the network has no more roads']]);
    guests[0]!.close();
    await turn(0);
    const next = visit();
    await turn(0);
    expect(next.seen).toEqual([[0, 'opened']]);
  });
});

describe('a seed', () => {
  /** Twenty guests who talk for ten seconds in weather that changes, and all that anybody saw. */
  async function universe(seed: number): Promise<string> {
    const world = makeWorld({ seed, delayMs: 5, jitterMs: 40, refuseShare: 0.2, cutShare: 0.02 });
    const { hall, visit, turn, network } = world;
    hall.react = (message, outlet) => {
      if (message.type === 'ping') {
        outlet.send(pong(9));
      }
    };
    const guests = Array.from({ length: 20 }, (_, at) => visit(`host-${at % 5}`));
    for (let second = 0; second < 10; second += 1) {
      for (const [at, guest] of guests.entries()) {
        guest.say(second * 100 + at + 1);
      }
      await turn(500);
      network.setHost('host-1', { readBytesPerSecond: second % 2 === 0 ? 50 : 500, jitterMs: 9 });
      network.partition(['host-2'], ['server']);
      await turn(500);
      network.heal();
    }
    return JSON.stringify([hall.seen, guests.map(({ seen }) => seen)]);
  }

  it('gives the same run, to the millisecond', async () => {
    const [first, again] = [await universe(11), await universe(11)];
    expect(again).toBe(first);
    expect(first.length).toBeGreaterThan(5_000);
  });

  it('that is another gives another run', async () => {
    expect(await universe(12)).not.toBe(await universe(11));
  });

  it('needs no chance at all where no condition leaves anything to it', async () => {
    const world = makeWorld();
    const network = memoryNetwork({ clock: world.clock, random: () => expect.unreachable() });
    network.serve(world.hall, { gateways: [native()] });
    const seen: string[] = [];
    const road = network.transport('phone').open('ws://server/', [native().subprotocol], {
      opened: () => void seen.push('opened'),
      received: () => undefined,
      closed: () => void seen.push('closed'),
    });
    await world.turn(0);
    road.close(1000, '');
    await world.turn(0);
    expect(seen).toEqual(['opened', 'closed']);
  });
});
