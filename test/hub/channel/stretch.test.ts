import { describe, expect, it } from 'vitest';
import { readLog, readState } from '../../../src/hub/channel/stretch.ts';
import type { ChannelOptions } from '../../../src/hub/index.ts';
import { at, type Position } from '../../../src/wire/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { settled, startWorld, type World } from '../world.ts';

const state = (): ChannelOptions => ({ kind: 'state' });

/** Three keys, of which the first was set twice. */
async function prices(): Promise<World> {
  const world = await startWorld({ channels: state, limits: { pageEntries: 2 } });
  for (const [key, data] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['c', 1],
  ] as const) {
    world.engine.append('prices', data, { key });
  }
  return world;
}

function place({ engine }: World, offset: number): Position {
  return at('e1', engine.log('prices').entries[offset - 1]!);
}

async function told(world: World, since?: Position): Promise<string[]> {
  const client = await world.enter();
  client.subscribe('prices', since);
  await settled();
  return client.told();
}

const everything = ['publication b=1', 'publication a=2', 'publication c=1', 'caughtUp 4'];

describe('keyed state', () => {
  it('is all there for who knows nothing: of each key the latest, as a snapshot', async () => {
    expect(await told(await prices())).toEqual(['subscribed 0 snapshot', ...everything]);
  });

  it('is what changed for who comes back', async () => {
    const world = await prices();
    expect(await told(world, place(world, 2))).toEqual([
      'subscribed 2',
      'publication a=2',
      'publication c=1',
      'caughtUp 4',
    ]);
    expect(await told(world, place(world, 4))).toEqual(['subscribed 4', 'caughtUp 4']);
  });

  it('says what was removed', async () => {
    const world = await prices();
    world.engine.append('prices', null, { key: 'b', removed: true });
    expect(await told(world, place(world, 4))).toEqual([
      'subscribed 4',
      'publication b=removed',
      'caughtUp 5',
    ]);
  });

  it.each<[string, (world: World) => Position]>([
    [
      'removals since then are forgotten',
      (world) => {
        world.engine.log('prices').forgotten = 3;
        return place(world, 2);
      },
    ],
    ['the log is another one', () => ({ epoch: 'e0', offset: 2, id: 'p2' })],
    ['another entry stands there', () => ({ epoch: 'e1', offset: 2, id: 'other' })],
    ['the log has lost it', () => ({ epoch: 'e1', offset: 9, id: 'p9' })],
    [
      'nothing can vouch for it any more',
      (world) => {
        const since = place(world, 2);
        world.engine.trim('prices', 3);
        return since;
      },
    ],
  ])('when %s, all there is replaces what was known, and nothing is missing', async (_, since) => {
    const world = await prices();
    const lines = await told(world, since(world));
    expect(lines[0]).toBe('subscribed 0 snapshot');
    expect(lines.at(-1)).toBe('caughtUp 4');
    expect(world.notes.filter((note) => note.startsWith('gapped'))).toEqual([]);
  });

  it('that changes while it is read comes whole, and then live', async () => {
    const world = await prices();
    const { engine, broker, enter } = world;
    const client = await enter();
    broker.hold('values');
    client.subscribe('prices');
    await settled();
    engine.append('prices', 2, { key: 'b' });
    broker.letGoOne('values');
    await settled();
    engine.append('prices', 3, { key: 'a' });
    broker.letGo('values');
    await settled();
    engine.append('prices', 4, { key: 'a' });
    const lines = client.told();
    const values = new Map<string, string>();
    for (const line of lines.filter((one) => one.startsWith('publication'))) {
      const [key, value] = line.slice('publication '.length).split('=');
      values.set(key!, value!);
    }
    expect(Object.fromEntries(values)).toEqual({ a: '4', b: '2', c: '1' });
    expect(lines.at(-1)).toBe('publication a=4');
    expect(lines.filter((line) => line.startsWith('caughtUp'))).toHaveLength(1);
  });

  it('of which a removal is forgotten between two pages is read anew', async () => {
    const world = await prices();
    const { engine, broker, enter } = world;
    const client = await enter();
    broker.isDeaf = true;
    const send = client.send.bind(client);
    client.send = (message) => {
      send(message);
      if (client.all('publication').length === 2 && engine.log('prices').forgotten === 0) {
        // The key that was sent goes, and so does every trace of that.
        engine.append('prices', null, { key: 'b', removed: true });
        engine.log('prices').forgotten = 5;
      }
    };
    client.subscribe('prices');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0 snapshot',
      'publication b=1',
      'publication a=2',
      'gap trimmed 3 0',
      'publication a=2',
      'publication c=1',
      'caughtUp 5',
    ]);
  });

  it('that the engine lost is a gap while it is followed, and begins anew', async () => {
    const world = await prices();
    const { engine, enter } = world;
    const client = await enter();
    client.subscribe('prices');
    await settled();
    client.told();
    engine.loseAfter('prices', 2);
    engine.append('prices', 9, { key: 'd' });
    await settled();
    const lines = client.told();
    expect(lines[0]).toMatch(/^gap (diverged|ahead) 4 0$/);
    expect(lines.slice(1)).toEqual([
      'publication a=1',
      'publication b=1',
      'publication d=9',
      'caughtUp 3',
    ]);
  });

  it('has a history like any log', async () => {
    const world = await prices();
    const client = await world.enter();
    client.history('prices', 2);
    await settled();
    expect(client.all('historyPage')[0]!.publications.map(({ key }) => key)).toEqual(['a', 'c']);
  });
});

describe('one stretch', () => {
  it('of a log ends where the log does, and not before', async () => {
    const engine = new ScriptedEngine();
    for (const data of [1, 2, 3]) {
      engine.append('news', data);
    }
    const { log } = engine.broker();
    const since = { epoch: 'e1', offset: 0, id: '' };
    const part = await readLog(log, { channel: 'news', since, limit: 2 });
    expect([part.owed.length, part.end]).toEqual([2, undefined]);
    const whole = await readLog(log, { channel: 'news', since, limit: 3 });
    expect([whole.owed.length, whole.end]).toEqual([3, engine.top('news')]);
  });

  it('of keyed state is judged by where its reader stands; later ones by where the log ended before', async () => {
    const world = await prices();
    const { log } = world.broker;
    const since = { epoch: 'e1', offset: 2, id: 'other' };
    const reading = { channel: 'prices', since, limit: 9 };
    expect((await readState(log, { ...reading, before: undefined })).snapshot).toBe(true);
    const rest = await readState(log, { ...reading, before: place(world, 4) });
    expect([rest.snapshot, rest.owed.length]).toEqual([undefined, 2]);
    const other = { epoch: 'e1', offset: 4, id: 'other' };
    expect((await readState(log, { ...reading, before: other })).snapshot).toBe(true);
  });

  it('of keyed state goes on where what was read before was trimmed since', async () => {
    const world = await prices();
    const before = place(world, 2);
    world.engine.trim('prices', 3);
    const reading = { channel: 'prices', since: before, limit: 9, before };
    expect((await readState(world.broker.log, reading)).snapshot).toBe(undefined);
  });

  it.each([false, true])(
    'of keyed state is all there is when the engine lost its beginning while it was read (a later one: %s)',
    async (isLater) => {
      const world = await prices();
      const { engine, broker } = world;
      const since = place(world, 2);
      broker.hold('values');
      const before = isLater ? since : undefined;
      const reading = readState(broker.log, { channel: 'prices', since, limit: 9, before });
      await settled();
      engine.loseAfter('prices', 1);
      for (const key of ['d', 'e', 'f', 'g']) {
        engine.append('prices', 1, { key });
      }
      broker.letGo('values');
      const { snapshot, owed } = await reading;
      expect([snapshot, owed.length]).toEqual([true, 6]);
    },
  );
});
