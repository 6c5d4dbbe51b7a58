import { describe, expect, it } from 'vitest';
import { appendTo } from '../../src/hub/append.ts';
import { ScriptedEngine } from './scripted-broker.ts';
import { insideFor } from './world.ts';

describe('appending', () => {
  it('makes the entry whole, and tells the observer how many hear of it', async () => {
    const engine = new ScriptedEngine();
    const told: unknown[] = [];
    const inside = insideFor(engine.broker());
    const notes = {
      ...inside.notes,
      published: (...what: unknown[]): number => told.push(what),
    };
    const append = appendTo({ ...inside, notes }, () => 7);
    const appended = await append('news', { data: 'a', by: 'ann' }, { id: 'mine' });
    await append('news', { data: 'b' });
    const entries = engine.log('news').entries;
    expect(appended).toMatchObject({ outcome: 'appended', position: { offset: 1, id: 'mine' } });
    expect(entries[0]).toMatchObject({ id: 'mine', data: 'a', by: 'ann' });
    expect(entries[1]!.id).toMatch(/^[0-9a-z]{26}$/);
    expect(told).toEqual([
      ['news', 7],
      ['news', 7],
    ]);
  });

  it('of what was there already tells nobody', async () => {
    const told: unknown[] = [];
    const inside = insideFor(new ScriptedEngine().broker());
    const notes = {
      ...inside.notes,
      published: (...what: unknown[]): number => told.push(what),
    };
    const append = appendTo({ ...inside, notes }, () => 0);
    const producer = { name: 'p', epoch: 1, seq: 1, hash: 'h' };
    await append('news', { data: 'a' }, { producer });
    const again = await append('news', { data: 'a' }, { producer });
    expect(again).toMatchObject({ duplicate: true });
    expect(told).toHaveLength(1);
  });
});
