/** Slow subscribers: each channel's rule for them, what they cost, and that they delay nobody. */
import { describe, expect, it } from 'vitest';
import type { ChannelOptions } from '../../../src/hub/index.ts';
import { settled, startWorld, type TestClient, type World } from '../world.ts';

const half = 524_288;

interface Followed extends World {
  readonly slow: TestClient;
  readonly quick: TestClient;
}

async function followed(options: ChannelOptions, limits = {}): Promise<Followed> {
  const world = await startWorld({ channels: () => options, limits });
  const [slow, quick] = [await world.enter(), await world.enter()];
  for (const client of [slow, quick]) {
    client.subscribe('news');
    await settled();
    client.told();
  }
  return { ...world, slow, quick };
}

describe('D8: spill, for logs', () => {
  it('from half of maxOutletBytes on nothing more is sent, and everything once there is room', async () => {
    const { slow, quick, engine, notes, broker } = await followed({});
    slow.bufferedBytes = half;
    engine.append('news', 1);
    slow.bufferedBytes = half + 1;
    engine.append('news', 2);
    engine.append('news', 3);
    await settled();
    expect(slow.told()).toEqual(['publication 1']);
    expect(quick.told()).toEqual(['publication 1', 'publication 2', 'publication 3']);
    expect(broker.calls.filter((call) => call.startsWith('read'))).toEqual([]);
    slow.drain();
    await settled();
    engine.append('news', 4);
    expect(slow.told()).toEqual(['publication 2', 'publication 3', 'publication 4']);
    expect([slow.why, notes.filter((note) => note.startsWith('slowed'))]).toEqual([
      undefined,
      ['slowed news spill'],
    ]);
  });

  it('what waits for it is no more than what was sent: entries are not kept for it', async () => {
    const { slow, engine } = await followed({}, { maxOutletBytes: 1_000 });
    let most = 0;
    const send = slow.send.bind(slow);
    slow.send = (message) => {
      slow.bufferedBytes += 100;
      most = Math.max(most, slow.bufferedBytes);
      send(message);
    };
    for (let i = 1; i <= 500; i += 1) {
      engine.append('news', i);
    }
    await settled();
    for (let i = 0; i < 600; i += 1) {
      slow.drain();
      await settled();
    }
    const seen = slow.all('publication').map(({ publication }) => publication.data);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(most).toBeLessThanOrEqual(1_000);
  });

  it('answers do not wait behind it', async () => {
    const { slow, engine } = await followed({});
    slow.bufferedBytes = half + 1;
    engine.append('news', 1);
    slow.say({ type: 'ping', id: 7 });
    const id = slow.subscribe('other', { epoch: 'e1', offset: 0, id: '' });
    slow.publish('other', 'mine');
    await settled();
    expect(slow.told()).toEqual(['pong 7', 'subscribed 0', 'caughtUp 0', `appended ${id + 1} 1`]);
  });

  it('who leaves meanwhile hears no more, and costs nothing', async () => {
    const { slow, engine, broker } = await followed({});
    slow.bufferedBytes = half + 1;
    engine.append('news', 1);
    await settled();
    slow.unsubscribe('news');
    slow.drain();
    await settled();
    expect(slow.told()).toEqual(['unsubscribed 2']);
    expect(broker.calls.filter((call) => call.startsWith('read'))).toEqual([]);
  });
});

describe('latest, for keyed state', () => {
  it('of each key only the newest comes when there is room', async () => {
    const { slow, quick, engine, notes } = await followed({ kind: 'state' });
    slow.bufferedBytes = half + 1;
    for (let i = 1; i <= 100; i += 1) {
      engine.append('news', i, { key: i % 2 === 0 ? 'even' : 'odd' });
    }
    await settled();
    expect(slow.told()).toEqual([]);
    expect(quick.told()).toHaveLength(100);
    slow.drain();
    await settled();
    expect(slow.told()).toEqual(['publication odd=99', 'publication even=100']);
    expect(notes).toContain('slowed news latest');
  });
});

describe('a snapshot of large values', () => {
  it('comes to its end, though not two of them have room at once and their entries are trimmed', async () => {
    const { enter, engine } = await startWorld({
      channels: () => ({ kind: 'state' }),
      limits: { maxOutletBytes: 1_000 },
    });
    for (let i = 1; i <= 5; i += 1) {
      engine.append('news', i, { key: `k${i}` });
    }
    engine.trim('news', 5);
    const slow = await enter();
    const send = slow.send.bind(slow);
    slow.send = (message) => {
      slow.bufferedBytes += 300;
      send(message);
    };
    slow.subscribe('news');
    for (let i = 0; i < 50; i += 1) {
      await settled();
      slow.drain();
    }
    expect(slow.told()).toEqual([
      'subscribed 0 snapshot',
      ...[1, 2, 3, 4, 5].map((i) => `publication k${i}=${i}`),
      'caughtUp 5',
    ]);
  });
});

describe('drop, for logs', () => {
  it('leaves out what comes meanwhile, and says so with one gap', async () => {
    const { slow, engine, notes } = await followed({ slow: 'drop' });
    engine.append('news', 1);
    slow.bufferedBytes = half + 1;
    for (const data of [2, 3, 4]) {
      engine.append('news', data);
    }
    await settled();
    expect(slow.told()).toEqual(['publication 1']);
    slow.drain();
    await settled();
    engine.append('news', 5);
    expect(slow.told()).toEqual(['gap dropped 1 4', 'publication 5']);
    expect(notes).toContain('gapped news dropped');
  });

  it('and leaves a client that went in peace', async () => {
    const { slow, engine, hub } = await followed({ slow: 'drop' });
    slow.bufferedBytes = half + 1;
    engine.append('news', 1);
    slow.desk.closed();
    slow.drain();
    await settled();
    expect(slow.told()).toEqual([]);
    expect(hub.view().subscriptions).toBe(1);
  });
});

describe('disconnect', () => {
  it('sends it away with TOO_SLOW beyond maxOutletBytes, and the others get theirs', async () => {
    const { slow, quick, engine } = await followed({ slow: 'disconnect' });
    slow.bufferedBytes = half * 2;
    engine.append('news', 1);
    expect(slow.told()).toEqual(['publication 1']);
    slow.bufferedBytes += 1;
    engine.append('news', 2);
    expect([slow.told(), slow.why?.name]).toEqual([[], 'TOO_SLOW']);
    expect(quick.told()).toEqual(['publication 1', 'publication 2']);
  });
});

describe('who asks and does not read', () => {
  it('is sent away whatever the channels say', async () => {
    const { slow } = await followed({});
    slow.bufferedBytes = half * 2 + 1;
    slow.say({ type: 'ping', id: 1 });
    expect(slow.why?.name).toBe('TOO_SLOW');
  });
});
