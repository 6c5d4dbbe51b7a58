import { describe, expect, it } from 'vitest';
import { appendTo } from '../../src/hub/append.ts';
import { rulesFrom } from '../../src/hub/channel/rules.ts';
import type { Log } from '../../src/ports/index.ts';
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

  it('says how much the channel keeps, and nothing where it has no such rule', async () => {
    const inside = insideFor(new ScriptedEngine().broker());
    const asked: unknown[] = [];
    const log: Log = {
      ...inside.broker.log,
      append: (channel, entry, options) => {
        asked.push(options);
        return inside.broker.log.append(channel, entry, options);
      },
    };
    const retain = { entries: 5 };
    const rulesOf = rulesFrom((name) => (name === 'news' ? { retain } : undefined));
    const append = appendTo({ ...inside, broker: { ...inside.broker, log }, rulesOf }, () => 0);
    await append('news', { data: 1 }, { durability: 'memory' });
    await append('other', { data: 1 });
    expect(asked).toStrictEqual([{ durability: 'memory', retain }, {}]);
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
