import { describe, expect, it } from 'vitest';
import { MemoryNode } from '../../../src/brokers/memory/node.ts';
import { fullMemoryOptions, type MemoryOptions } from '../../../src/brokers/memory/options.ts';
import { Store } from '../../../src/brokers/memory/store.ts';
import type { Broker, NewPublication } from '../../../src/ports/index.ts';

interface Rig {
  readonly store: Store;
  readonly node: Broker;
  nowMs: number;
}

async function started(options: MemoryOptions = {}): Promise<Rig> {
  const nowMs = (): number => rig.nowMs;
  const store = new Store(fullMemoryOptions({ nowMs, ...options }));
  const rig: Rig = { store, node: new MemoryNode(store), nowMs: 0 };
  await rig.node.start({ deliver: () => {}, hear: () => {} });
  return rig;
}

const entry = (more: Partial<NewPublication> = {}): NewPublication => ({
  id: 'x',
  data: null,
  atMs: 0,
  ...more,
});

describe('the time of the store', () => {
  it('ends entries that are too old, though nothing is appended', async () => {
    const rig = await started({ maxAgeMs: 10 });
    await rig.node.log.append('a', entry());
    rig.nowMs = 10;
    expect((await rig.node.log.read('a', 0, 1)).publications).toHaveLength(1);
    rig.nowMs = 11;
    expect((await rig.node.log.read('a', 0, 1)).publications).toEqual([]);
    expect(await rig.node.log.latest('a', 1)).toMatchObject({
      publications: [],
      top: { offset: 1, id: 'x' },
    });
  });

  it('ends removals that are too old, and says so', async () => {
    const rig = await started({ maxRemovalAgeMs: 10 });
    await rig.node.log.append('a', entry({ key: 'k', removed: true }));
    rig.nowMs = 10;
    expect(await rig.node.log.values('a', 0, 1)).toMatchObject({ forgotten: 0 });
    rig.nowMs = 11;
    expect(await rig.node.log.values('a', 0, 1)).toMatchObject({ forgotten: 1, publications: [] });
  });

  it('ends claims', async () => {
    const rig = await started();
    await rig.node.claims.put('a', 'ada', { expect: undefined, leaseMs: 10 });
    rig.nowMs = 9;
    expect(await rig.node.claims.renew('a', '1', 10)).toBe(true);
    rig.nowMs = 18;
    expect(await rig.node.claims.get('a')).toMatchObject({ value: 'ada' });
    rig.nowMs = 19;
    expect(await rig.node.claims.get('a')).toBe(undefined);
    expect(await rig.node.claims.release('a', '1')).toBe(false);
  });
});

describe('tops', () => {
  const names = async ({ node }: Rig, mark?: string) =>
    (await node.log.tops(mark)).tops.map(({ channel }) => channel);

  it('names what changed, or was followed, since the mark', async () => {
    const rig = await started();
    for (const channel of ['a', 'b', 'c']) {
      await rig.node.log.append(channel, entry());
    }
    await rig.node.log.follow('a');
    await rig.node.log.follow('b');
    const { mark } = await rig.node.log.tops();
    expect(await names(rig, mark)).toEqual([]);
    await rig.node.log.append('b', entry());
    expect(await names(rig, mark)).toEqual(['b']);
    await rig.node.log.follow('c');
    expect(await names(rig, mark)).toEqual(['b', 'c']);
  });

  it.each(['', 'x', '-1', '1.5', '99', '1e1', '9'.repeat(17)])(
    'names everything for the mark %o, which was never given',
    async (mark) => {
      const rig = await started();
      await rig.node.log.follow('a');
      expect(await names(rig, mark)).toEqual(['a']);
    },
  );
});

describe('a node that stops', () => {
  it('leaves nothing of itself in the store', async () => {
    const { store, node } = await started();
    await node.log.follow('a');
    await node.log.append('b', entry());
    await node.log.follow('b');
    await node.bus.follow('t');
    await node.stop();
    expect(store.channels.find('a')).toBe(undefined);
    expect(store.channels.find('b')?.followers.size).toBe(0);
    const { topics } = store.bus as unknown as { readonly topics: ReadonlyMap<string, unknown> };
    expect(topics.size).toBe(0);
  });
});

describe('a channel', () => {
  it('that was left is followed no more by a second unfollow of another node', async () => {
    const { store, node } = await started();
    const other = new MemoryNode(store);
    await other.start({ deliver: () => {}, hear: () => {} });
    await node.log.follow('a');
    await other.log.unfollow('a');
    expect(store.channels.find('a')?.followers.size).toBe(1);
  });
});
