import { describe, expect, it } from 'vitest';
import { settled, startWorld, type World } from '../world.ts';
import { fill, filled, place, zero } from './filled.ts';

describe('resume', () => {
  it('loses nothing that is announced at whatever moment of a read', async () => {
    for (let turns = 0; turns < 25; turns += 1) {
      const world = await filled(1);
      const client = await world.enter();
      world.broker.hold('read');
      client.subscribe('news', zero);
      await settled();
      world.broker.letGo('read');
      for (let turn = 0; turn < turns; turn += 1) {
        await Promise.resolve();
      }
      fill(world, 2, 2);
      await settled();
      expect(client.told().filter((line) => line.startsWith('publication'))).toEqual([
        'publication 1',
        'publication 2',
      ]);
    }
  });

  it('from the middle: what was missed, in order, then caughtUp, then what is new', async () => {
    const world = await filled(5);
    const client = await world.enter();
    client.subscribe('news', place(world, 3));
    await settled();
    fill(world, 6, 6);
    expect(client.told()).toEqual([
      'subscribed 3',
      'publication 4',
      'publication 5',
      'caughtUp 5',
      'publication 6',
    ]);
  });

  it('from the top: nothing was missed', async () => {
    const world = await filled(5);
    const client = await world.enter();
    client.subscribe('news', place(world, 5));
    await settled();
    expect(client.told()).toEqual(['subscribed 5', 'caughtUp 5']);
  });

  it('left while another replay has its turn: its own log is not read any more', async () => {
    const world = await filled(3);
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    client.subscribe('sport', zero);
    await settled();
    client.unsubscribe('sport');
    world.broker.letGo('read');
    await settled();
    expect(world.broker.calls.filter((call) => call.startsWith('read'))).toEqual(['read news 0']);
    expect(client.told()).toContain('caughtUp 3');
  });

  it('in pages, each read from the last entry sent', async () => {
    const world = await filled(10, { limits: { pageEntries: 4 } });
    const client = await world.enter();
    client.subscribe('news', zero);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => `publication ${i}`),
      'caughtUp 10',
    ]);
    expect(world.broker.calls.filter((call) => call.startsWith('read'))).toEqual([
      'read news 0',
      'read news 4',
      'read news 7',
    ]);
  });

  it('what is published during the reading comes behind it, once', async () => {
    const world = await filled(3);
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    fill(world, 4, 5);
    world.broker.letGo('read');
    await settled();
    fill(world, 6, 6);
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
      'publication 4',
      'publication 5',
      'caughtUp 5',
      'publication 6',
    ]);
  });

  it('what is announced only after it was read comes once', async () => {
    const world = await filled(1);
    const { engine, enter, broker } = world;
    const other = await enter();
    other.subscribe('news');
    await settled();
    const second = engine.store('news', 2);
    const third = engine.store('news', 3);
    const client = await enter();
    client.subscribe('news', zero);
    await settled();
    const reads = broker.calls.length;
    engine.announce('news', second);
    engine.announce('news', third);
    fill(world, 4, 4);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
      'caughtUp 3',
      'publication 4',
    ]);
    expect(other.told().slice(2)).toEqual(['publication 2', 'publication 3', 'publication 4']);
    expect(broker.calls).toHaveLength(reads);
  });

  it.each<[string, (world: World) => void, string[]]>([
    [
      'trimmed',
      ({ engine }) => engine.trim('news', 4),
      ['subscribed 4 gap trimmed 3', 'publication 5'],
    ],
    ['ahead', ({ engine }) => engine.loseAfter('news', 2), ['subscribed 2 gap ahead 3']],
    [
      'diverged',
      (world) => {
        world.engine.loseAfter('news', 2);
        fill(world, 103, 104);
      },
      ['subscribed 2 gap diverged 3', 'publication 103', 'publication 104'],
    ],
    [
      'epoch',
      (world) => {
        world.engine.renew('news', 'e2');
        fill(world, 201, 203);
        world.engine.trim('news', 1);
      },
      ['subscribed 1 gap epoch 3', 'publication 202', 'publication 203'],
    ],
  ])(
    'a gap of reason %s stands in subscribed, before anything else',
    async (reason, happen, told) => {
      const world = await filled(5);
      const since = place(world, 3);
      happen(world);
      const client = await world.enter();
      client.subscribe('news', since);
      await settled();
      expect(client.all('subscribed')[0]!.gap?.from).toEqual(since);
      expect(client.told().slice(0, -1)).toEqual(told);
      expect(world.notes).toContain(`gapped news ${reason}`);
    },
  );

  it('trimmed up to the very position is no gap', async () => {
    const world = await filled(5);
    world.engine.trim('news', 3);
    const client = await world.enter();
    client.subscribe('news', place(world, 3));
    await settled();
    expect(client.told()).toEqual(['subscribed 3', 'publication 4', 'publication 5', 'caughtUp 5']);
  });

  it('what is trimmed between two pages is a gap of its own', async () => {
    const world = await filled(8, { limits: { pageEntries: 3 } });
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.engine.trim('news', 5);
    world.broker.letGo('read');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
      'gap trimmed 3 5',
      'publication 6',
      'publication 7',
      'publication 8',
      'caughtUp 8',
    ]);
  });

  it('a log that is lost between two pages is a gap too', async () => {
    const world = await filled(8, { limits: { pageEntries: 3 } });
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.engine.renew('news', 'e2');
    fill(world, 21, 22);
    world.broker.letGo('read');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
      'gap epoch 3 0',
      'publication 21',
      'publication 22',
      'caughtUp 2',
    ]);
  });
});

describe('a subscription that is not where its channel is', () => {
  it('ahead of it: a gap of the channel is none of its own', async () => {
    const world = await filled(1);
    const { engine, enter } = world;
    const behind = await enter();
    behind.subscribe('news');
    await settled();
    engine.store('news', 2);
    engine.store('news', 3);
    const ahead = await enter();
    ahead.subscribe('news', zero);
    await settled();
    engine.trim('news', 3);
    fill(world, 4, 4);
    await settled();
    expect(behind.told().slice(2)).toEqual(['gap trimmed 1 3', 'publication 4']);
    expect(ahead.told().slice(1)).toEqual([
      'publication 1',
      'publication 2',
      'publication 3',
      'caughtUp 3',
      'publication 4',
    ]);
  });

  it('reading while the channel finds a gap: it reads again, and finds its own', async () => {
    const world = await filled(3);
    const { engine, enter, broker } = world;
    const other = await enter();
    other.subscribe('news');
    await settled();
    const client = await enter();
    broker.hold('read');
    client.subscribe('news', place(world, 2));
    await settled();
    // What it will be given is older than what happens now.
    engine.loseAfter('news', 1);
    fill(world, 102, 102);
    await settled();
    broker.letGoLatest('read');
    await settled();
    expect(other.told().slice(2)).toEqual(['gap ahead 3 2']);
    broker.letGo('read');
    await settled();
    expect(client.told()).toEqual(['subscribed 2', 'publication 3', 'gap ahead 3 2', 'caughtUp 2']);
  });

  it('of keyed state, that has one page of what was lost: it is given all anew', async () => {
    const world = await startWorld({ channels: () => ({ kind: 'state' }) });
    const { engine, enter, broker } = world;
    const set = (from: number, to: number, data: string): void => {
      for (let i = from; i <= to; i += 1) {
        engine.append('news', data, { key: `k${i}` });
      }
    };
    set(1, 8, 'old');
    const other = await enter();
    other.subscribe('news');
    await settled();
    const client = await enter();
    broker.hold('values');
    client.subscribe('news', place(world, 3));
    await settled();
    // What it will be given is older than what happens now.
    engine.loseAfter('news', 3);
    set(4, 9, 'new');
    await settled();
    broker.letGo('values');
    await settled();
    const told = client.told();
    expect(told.slice(-2)).toEqual(['publication k9=new', 'caughtUp 9']);
    expect(told).toContain('publication k4=new');
    expect(told).toContain('gap ahead 8 0');
  });

  it('of keyed state, that waits for room while the channel finds a gap: it is given all anew', async () => {
    const world = await startWorld({
      channels: () => ({ kind: 'state' }),
      limits: { pageEntries: 3 },
    });
    const { engine, enter } = world;
    for (let i = 1; i <= 8; i += 1) {
      engine.append('news', 'old', { key: `k${i}` });
    }
    const client = await enter();
    client.send = (message) => {
      client.got.push(message.value);
      // It reads slowly: a page has no room until it is asked for.
      client.bufferedBytes = message.value.type === 'publication' ? 300_000 : client.bufferedBytes;
    };
    client.subscribe('news');
    await settled();
    expect(client.told()).toEqual(['subscribed 0 snapshot', 'publication k1=old']);
    engine.loseAfter('news', 0);
    engine.append('news', 'new', { key: 'k9' });
    await settled();
    client.send = (message) => client.got.push(message.value);
    client.drain();
    await settled();
    expect(client.told()).toEqual(['gap ahead 8 0', 'publication k9=new', 'caughtUp 1']);
  });

  it('of keyed state, whose later pages are of another history than the first: it is given all anew', async () => {
    const world = await startWorld({
      channels: () => ({ kind: 'state' }),
      limits: { pageEntries: 3 },
    });
    const { engine, enter, broker } = world;
    const set = (from: number, to: number, data: string): void => {
      for (let i = from; i <= to; i += 1) {
        engine.append('news', data, { key: `k${i}` });
      }
    };
    set(1, 8, 'old');
    const client = await enter();
    broker.hold('values');
    client.subscribe('news');
    await settled();
    broker.isDeaf = true;
    engine.loseAfter('news', 2);
    set(3, 9, 'new');
    broker.letGo('values');
    await settled();
    expect(client.told().slice(-2)).toEqual(['publication k9=new', 'caughtUp 9']);
    broker.isDeaf = false;
    set(10, 10, 'new');
    await settled();
    const told = client.told();
    expect(told).toContain('gap diverged 8 0');
    expect(told.filter((line) => line === 'publication k3=new')).toHaveLength(1);
    expect(told.slice(-2)).toEqual(['publication k10=new', 'caughtUp 10']);
  });
});
