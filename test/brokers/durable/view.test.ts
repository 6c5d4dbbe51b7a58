import { describe, expect, it } from 'vitest';
import { sealRecord } from '../../../src/brokers/durable/records.ts';
import { type Below, View, type Writes } from '../../../src/brokers/durable/view.ts';

function make(): { view: View; group: Writes; asked: string[] } {
  const asked: string[] = [];
  const below: Below = {
    known: (key) => (key === 'cached' ? { is: 'good', value: 'cached' } : undefined),
    read: async (key) => {
      asked.push(key);
      return key === 'stored' ? sealRecord(key, { in: 'store' }) : undefined;
    },
  };
  const group: Writes = new Map();
  return { view: new View(below, group), group, asked };
}

describe('what a step sees', () => {
  it('is what is known, or what the store has, asked once', async () => {
    const { view, asked } = make();
    expect(await view.get('cached')).toEqual({ is: 'good', value: 'cached' });
    expect(await view.get('stored')).toEqual({ is: 'good', value: { in: 'store' } });
    expect(await view.get('stored')).toEqual({ is: 'good', value: { in: 'store' } });
    expect(await view.get('absent')).toEqual({ is: 'none' });
    expect(asked).toEqual(['stored', 'absent']);
  });

  it('is what it wrote, before what its group wrote, before the rest', async () => {
    const { view, group } = make();
    group.set('stored', { sealed: undefined, found: { is: 'none' } });
    expect(await view.get('stored')).toEqual({ is: 'none' });
    view.put('stored', { mine: true });
    expect(await view.get('stored')).toEqual({ is: 'good', value: { mine: true } });
    view.remove('stored');
    expect(await view.get('stored')).toEqual({ is: 'none' });
    expect([...view.own.keys()]).toEqual(['stored']);
  });

  it('need not be doubted when it was known or written; having been read is not enough', async () => {
    const { view } = make();
    await view.get('stored');
    view.put('mine', {});
    expect(['cached', 'mine', 'stored'].map((key) => view.knows(key))).toEqual([true, true, false]);
  });

  it('of entries are their bytes', async () => {
    const { view } = make();
    const publication = { offset: 1, id: 'x', prev: { offset: 0, id: '' }, data: 1, atMs: 0 };
    const bytes = view.putEntry('e', { publication, storedMs: 5 });
    expect(await view.entry('e')).toEqual({
      found: { is: 'good', value: { publication, storedMs: 5 } },
      bytes,
    });
    view.remove('e');
    expect(await view.entry('e')).toEqual({ found: { is: 'none' }, bytes: 0 });
  });
});
