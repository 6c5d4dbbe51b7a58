import { describe, expect, it } from 'vitest';
import { makeWorld, told, type World } from './world.ts';

async function opened(world: World) {
  const guest = world.visit();
  await world.turn(1_000);
  const [road] = world.network.roads();
  guest.seen.length = 0;
  world.hall.seen.length = 0;
  return { ...world, guest, road: road! };
}

describe('a road', () => {
  it('has a number and two hosts', async () => {
    const world = makeWorld();
    const { road } = await opened(world);
    world.visit('tablet');
    const second = world.network.roads()[1]!;
    expect([road.id, road.client, road.server]).toEqual([1, 'phone', 'server']);
    expect([second.id, second.client]).toEqual([2, 'tablet']);
  });

  it('cut: what is under way is lost, and both ends are told in the same turn', async () => {
    const { guest, hall, road, turn, clock, network } = await opened(makeWorld({ delayMs: 10 }));
    guest.say(1);
    hall.tell(2);
    await turn(5);
    road.cut();
    expect([guest.seen, hall.seen]).toEqual([[], []]);
    await turn(0);
    expect(guest.seen).toEqual([[1_005, 'closed', 1006, 'the network cut the road']]);
    expect(hall.seen).toEqual([[1_005, 'closed']]);
    road.cut();
    guest.say(3);
    hall.tell(4);
    await turn(10_000);
    expect([guest.seen.length, hall.seen.length, clock.pending]).toEqual([1, 1, 0]);
    expect(network.roads()).toEqual([]);
  });

  it('cut while it connects: the server never hears of it', async () => {
    const { visit, network, turn, hall } = makeWorld({ delayMs: 10 });
    const guest = visit();
    network.roads()[0]!.cut();
    await turn(100);
    expect(guest.seen).toEqual([[0, 'closed', 1006, 'the network cut the road']]);
    expect(hall.seen).toEqual([]);
  });

  it('close: the client is told the code, the server that it is over', async () => {
    const { guest, hall, road, turn } = await opened(makeWorld({ delayMs: 10 }));
    road.close(1012, 'a proxy restarts');
    await turn(0);
    expect(guest.seen).toEqual([[1_000, 'closed', 1012, 'a proxy restarts']]);
    expect(hall.seen).toEqual([[1_000, 'closed']]);
  });

  it.each([999, 5_000, 1000.5, Number.NaN])('does not close with %d', async (code) => {
    const { road } = await opened(makeWorld());
    const wrong = () => road.close(code, '');
    expect(wrong).toThrow(expect.objectContaining({ code: 'CLOSE_CODE_INVALID' }));
  });

  it('has conditions of its own, before those of hosts, until others are set', async () => {
    const { guest, hall, road, turn, network } = await opened(makeWorld({ delayMs: 10 }));
    network.setHost('phone', { delayMs: 20 });
    road.set({ delayMs: 30 });
    guest.say(1);
    await turn(100);
    road.set({});
    guest.say(2);
    await turn(100);
    expect(hall.seen).toEqual([
      [1_030, 'ping', 1],
      [1_120, 'ping', 2],
    ]);
  });

  it('half-open to the server: it hears nothing, and nobody is told', async () => {
    const { guest, hall, road, turn } = await opened(makeWorld());
    road.set({ swallow: 'toServer' });
    guest.say(1);
    hall.tell(2);
    await turn(1_000_000);
    expect([guest.seen, hall.seen]).toEqual([[[1_000, 'received', told(2)]], []]);
  });

  it('half-open to the client: it hears nothing, and nobody is told', async () => {
    const { guest, hall, road, turn } = await opened(makeWorld());
    road.set({ swallow: 'toClient' });
    guest.say(1);
    hall.tell(2);
    await turn(1_000_000);
    expect([guest.seen, hall.seen]).toEqual([[], [[1_000, 'ping', 1]]]);
  });

  it('half-open: the server does not learn of a client that gave up, until it is cut', async () => {
    const { guest, hall, road, turn, network } = await opened(makeWorld());
    road.set({ swallow: 'both' });
    guest.close();
    await turn(1_000_000);
    expect(guest.seen).toEqual([[6_000, 'closed', 1006, 'the close was not answered']]);
    expect([hall.seen, network.roads()]).toEqual([[], [road]]);
    road.cut();
    await turn(0);
    expect([hall.seen, network.roads()]).toEqual([[[1_001_000, 'closed']], []]);
    expect(guest.seen).toHaveLength(1);
  });

  it('whose connect was lost is no more when the client gives up', async () => {
    const { visit, network, turn, hall, clock } = makeWorld({ swallow: 'toServer' });
    const guest = visit();
    await turn(60_000);
    expect([guest.seen, network.roads().length]).toEqual([[], 1]);
    guest.close();
    await turn(0);
    expect(guest.seen).toEqual([[60_000, 'closed', 1006, '']]);
    expect([hall.seen, network.roads(), clock.pending]).toEqual([[], [], 0]);
  });

  it.each(['messages', 'bytes'])(
    'is cut when the client has too many %s under way',
    async (what) => {
      const limits = what === 'messages' ? { maxMessages: 3 } : { maxBytes: 3 };
      const { guest, hall, turn } = await opened(makeWorld({ delayMs: 10, ...limits }));
      for (let count = 0; count < 3; count += 1) {
        guest.sendText('x');
      }
      await turn(20);
      expect(hall.seen.filter(([, seen]) => seen === 'closed')).toEqual([]);
      hall.seen.length = 0;
      for (let count = 0; count < 4; count += 1) {
        guest.sendText('x');
      }
      await turn(0);
      expect(guest.seen).toEqual([[1_020, 'closed', 1006, 'too much was under way']]);
      expect(hall.seen).toEqual([[1_020, 'closed']]);
    },
  );

  it('is cut when the server has too much waiting', async () => {
    const { guest, hall, turn, network } = await opened(makeWorld({ maxBytes: 100 }));
    network.partition(['phone'], ['server']);
    for (let id = 1; id < 10; id += 1) {
      hall.tell(id);
      await turn(0);
    }
    expect(guest.seen).toEqual([[1_000, 'closed', 1006, 'too much was under way']]);
    expect(hall.seen).toEqual([[1_000, 'closed']]);
  });
});
