import { describe, expect, it } from 'vitest';
import { memory } from '../../../src/brokers/memory.ts';
import { Nodes, ordersChannel } from '../../../src/hub/orders/nodes.ts';
import type { Broker } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';

async function open(): Promise<{ readonly nodes: Nodes; readonly broker: Broker }> {
  const broker = memory();
  await broker.start({ deliver: () => undefined, hear: () => undefined });
  let made = 0;
  const ids = {
    next: () => {
      made += 1;
      return `p${made}`;
    },
  };
  return { nodes: new Nodes({ log: broker.log, clock: new ManualClock(), ids }), broker };
}

describe('the register of nodes', () => {
  it('has who entered and did not leave, with where it hears', async () => {
    const { nodes } = await open();
    await nodes.enter('n1', 'd1');
    await nodes.enter('n2', 'd2');
    await nodes.leave('n1');
    expect(await nodes.all()).toEqual([{ name: 'n2', desk: 'd2' }]);
  });

  it('is read to its end, however long it is, and what is no node in it is passed over', async () => {
    const { nodes, broker } = await open();
    for (let i = 0; i < 600; i += 1) {
      await nodes.enter(`n${i}`, `d${i}`);
    }
    await broker.log.append(ordersChannel, { id: 'x', key: 'junk', data: 7, atMs: 0 });
    await broker.log.append(ordersChannel, { id: 'y', data: { kind: 'revoke' }, atMs: 0 });
    const all = await nodes.all();
    expect([all.length, new Set(all.map(({ name }) => name)).size]).toEqual([600, 600]);
  });

  it('cannot be read by a client: its name begins with the mark', () => {
    expect(ordersChannel).toBe('~orders');
  });
});
