import { describe, expect, it } from 'vitest';
import type { Broker } from '../../../src/ports/index.ts';
import { play } from '../../../src/testing/broker-suite/case.ts';
import { memoryEngine } from './defects.ts';

async function areStopped(nodes: readonly Broker[]): Promise<boolean> {
  const codes = await Promise.all(
    nodes.map(({ log }) => log.tops().catch(({ code }: { code: string }) => code)),
  );
  return codes.every((code) => code === 'BROKER_STOPPED');
}

describe('a case', () => {
  it('has two nodes that run, and that share what they keep', async () => {
    const engine = memoryEngine();
    await play(engine, async ({ one, other }) => {
      await one.append('a', one.next(1));
      await other.append('a', other.next(2));
      const { publications } = await one.log.read('a', 0, 10);
      expect(publications.map(({ data }) => data)).toEqual([1, 2]);
      expect(new Set(publications.map(({ id }) => id)).size).toBe(2);
    });
    expect(engine.nodes).toHaveLength(2);
  });

  it('leaves no node running, even when it throws', async () => {
    const engine = memoryEngine();
    const work = async () => {
      throw new Error('on purpose');
    };
    await expect(play(engine, work)).rejects.toThrow('on purpose');
    expect(await areStopped(engine.nodes)).toBe(true);
  });

  it('may go on with other nodes on what was left, when the first have stopped', async () => {
    const engine = memoryEngine();
    await play(engine, async ({ one, restart }) => {
      await one.append('a', one.next(1));
      const { one: next, other } = await restart();
      expect(await areStopped(engine.nodes.slice(0, 2))).toBe(true);
      expect(next.broker).not.toBe(one.broker);
      expect((await other.log.read('a', 0, 1)).publications).toHaveLength(1);
      const ids = [one, next, other].map((watch) => watch.next().id);
      expect(new Set(ids).size).toBe(3);
    });
    expect(engine.nodes).toHaveLength(4);
    expect(await areStopped(engine.nodes)).toBe(true);
  });
});
