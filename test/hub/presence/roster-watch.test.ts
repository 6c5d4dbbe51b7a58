import { describe, expect, it } from 'vitest';
import { notesFor } from '../../../src/hub/notes.ts';
import { RosterWatch } from '../../../src/hub/presence/roster-watch.ts';
import type { AppendOptions, Log, NewPublication } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { Publication } from '../../../src/wire/index.ts';
import { Gate, TestBus, TestPost } from '../calls/doubles.ts';
import { settled } from './world.ts';

interface World {
  readonly clock: ManualClock;
  readonly bus: TestBus;
  readonly watch: RosterWatch;
  /** Rosters that were read, page by page. */
  readonly read: string[];
  readonly written: { channel: string; key: string | undefined; expect: unknown }[];
  readonly dead: Set<string>;
  readonly asked: string[];
  isDown: boolean;
  /** What is read waits here first. */
  gate: Gate | undefined;
}

function openWorld(rosters: Record<string, readonly [key: string, node: string][]> = {}): World {
  const clock = new ManualClock();
  const bus = new TestBus();
  const [read, written, asked]: [string[], World['written'], string[]] = [[], [], []];
  const dead = new Set<string>();
  const entriesOf = (channel: string): Publication[] =>
    (rosters[channel.slice('~roster:'.length)] ?? []).map(([key, node], i) => ({
      offset: i + 1,
      id: `i${i + 1}`,
      prev: { offset: i, id: '' },
      key,
      data: node === '' ? 'no member' : { user: 'u', data: null, sinceMs: 0, node },
      atMs: 0,
    }));
  const log = {
    async values(channel: string, after: number, limit: number) {
      read.push(channel);
      await world.gate?.passed;
      if (world.isDown) {
        throw new Error('nobody there');
      }
      const rest = entriesOf(channel).filter(({ offset }) => offset > after);
      return { publications: rest.slice(0, limit), more: rest.length > limit };
    },
    async append(channel: string, { key }: NewPublication, options?: AppendOptions) {
      written.push({ channel, key, expect: options?.expect });
    },
  };
  const watch = new RosterWatch({
    log: log as unknown as Log,
    clock,
    notes: notesFor(),
    ids: { next: () => 'i', chance: () => 0.5 },
    node: () => 'me',
    post: new TestPost('me', bus),
    leaseMs: 900,
    pageEntries: 2,
    isAlive: async (node) => {
      asked.push(node);
      return !dead.has(node);
    },
    answersFor: (session) => session === 'mine',
  });
  const world: World = {
    clock,
    bus,
    watch,
    read,
    written,
    dead,
    asked,
    isDown: false,
    gate: undefined,
  };
  return world;
}

describe('a roster that begins to matter', () => {
  it('is read to its end, and cleared of the members of dead nodes, on condition', async () => {
    const world = openWorld({
      lobby: [
        ['a', 'gone'],
        ['b', 'well'],
        ['c', 'gone'],
      ],
    });
    world.dead.add('gone');
    world.watch.keep('lobby');
    await settled();
    expect(world.written).toEqual([
      { channel: '~roster:lobby', key: 'a', expect: { offset: 1, id: 'i1' } },
      { channel: '~roster:lobby', key: 'c', expect: { offset: 3, id: 'i3' } },
    ]);
    expect(world.asked).toEqual(['gone', 'well']);
  });

  it('keeps whom this node answers for, and loses who is said to be here and is not', async () => {
    const world = openWorld({
      lobby: [
        ['mine', 'me'],
        ['ghost', 'me'],
        ['odd', ''],
      ],
    });
    world.watch.keep('lobby');
    await settled();
    expect(world.written.map(({ key }) => key)).toEqual(['ghost']);
  });

  it('is read once, however often it matters, and not after it does not', async () => {
    const world = openWorld();
    world.watch.keep('lobby');
    world.watch.keep('lobby');
    await settled();
    world.watch.release('lobby');
    expect([world.read.length, world.watch.size]).toEqual([1, 1]);
    world.watch.release('lobby');
    await world.watch.beat();
    await settled();
    expect([world.read.length, world.watch.size]).toEqual([1, 0]);
  });

  it('is read again at the next beat when it could not be', async () => {
    const world = openWorld({ lobby: [['a', 'gone']] });
    world.dead.add('gone');
    world.isDown = true;
    world.watch.keep('lobby');
    await settled();
    world.isDown = false;
    await world.watch.beat();
    await settled();
    expect(world.written.map(({ key }) => key)).toEqual(['a']);
  });
});

describe('signs of life', () => {
  it('are given at each beat', async () => {
    const world = openWorld();
    const heard: unknown[] = [];
    world.bus.follow('~nodes', (message) => heard.push(message));
    await world.watch.beat();
    await settled();
    expect(heard).toEqual([{ node: 'me' }]);
  });

  it('that stop for a lease are a reason to ask, and an ended claim is one to read all rosters', async () => {
    const world = openWorld();
    await world.watch.start();
    for (let i = 0; i < 40; i += 1) {
      world.watch.keep(`r${i}`);
    }
    world.bus.send('~nodes', { node: 'n2' });
    await settled();
    world.read.length = 0;
    world.clock.advance(899);
    await world.watch.beat();
    await settled();
    expect([world.asked, world.read.length]).toEqual([[], 16]);
    world.dead.add('n2');
    world.clock.advance(1);
    await world.watch.beat();
    await settled();
    expect([world.asked, world.read.length]).toEqual([['n2'], 16 + 40]);
    await world.watch.beat();
    expect(world.asked).toEqual(['n2']);
  });

  it('are remembered of 4,096 nodes, and of no more', async () => {
    const world = openWorld();
    await world.watch.start();
    for (let i = 0; i < 4_097; i += 1) {
      world.bus.send('~nodes', { node: `n${i}` });
    }
    await settled();
    world.clock.advance(900);
    await world.watch.beat();
    expect([world.asked.length, world.asked.includes('n4096')]).toEqual([4_096, false]);
  });

  it('that stop while a roster is read count for those that were read before', async () => {
    const world = openWorld({ a: [['x', 'n2']], b: [['y', 'n2']] });
    await world.watch.start();
    world.bus.send('~nodes', { node: 'n2' });
    world.watch.keep('a');
    await settled();
    world.gate = new Gate();
    world.watch.keep('b');
    await settled();
    world.dead.add('n2');
    world.clock.advance(900);
    await world.watch.beat();
    world.gate.open();
    await settled();
    expect(new Set(world.written.map(({ key }) => key))).toEqual(new Set(['x', 'y']));
  });

  it('are not heard any more when it has stopped', async () => {
    const world = openWorld();
    await world.watch.start();
    world.watch.keep('lobby');
    world.watch.stop();
    expect([world.bus.followed, world.watch.size]).toEqual([[], 0]);
  });
});

it('a round takes sixteen rosters at each beat, by turns', async () => {
  const world = openWorld();
  const all = Array.from({ length: 40 }, (_, i) => `r${i}`);
  for (const channel of all) {
    world.watch.keep(channel);
  }
  await settled();
  world.read.length = 0;
  for (let i = 0; i < 3; i += 1) {
    await world.watch.beat();
    await settled();
  }
  expect(world.read.length).toBe(48);
  expect(new Set(world.read).size).toBe(40);
});
