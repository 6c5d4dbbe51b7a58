import { describe, expect, it } from 'vitest';
import { by, next, open, placeOf } from './world.ts';

describe('append', () => {
  it('links each entry to the one before it, and begins a channel with the epoch that was shown', async () => {
    const { broker } = await open();
    const shown = await broker.log.read('a', 0, 1);
    expect(shown).toMatchObject({ top: { offset: 0, id: '' }, publications: [] });
    const first = placeOf(await broker.log.append('a', next({ id: 'one' })));
    expect(first).toEqual({ epoch: shown.epoch, offset: 1, id: 'one' });
    await broker.log.append('a', next({ id: 'two' }));
    const { publications } = await broker.log.read('a', 2, 1);
    expect(publications[0]).toMatchObject({ offset: 2, prev: { offset: 1, id: 'one' } });
  });

  it('that was not stored begins no channel', async () => {
    const { broker, store } = await open();
    await broker.log.append('a', next(), { producer: by(2) });
    await broker.log.append('a', next({ key: 'k' }), { expect: { offset: 1, id: 'x' } });
    expect(store.keysOf('c')).toEqual([]);
  });

  it('holds the key to what is expected of it', async () => {
    const { broker } = await open();
    const nothing = { offset: 0, id: '' };
    const set = (id: string, expected?: { offset: number; id: string }, removed?: true) =>
      broker.log.append('a', next({ id, key: 'k', ...(removed && { removed, data: null }) }), {
        ...(expected && { expect: expected }),
      });
    placeOf(await set('one', nothing));
    expect(await set('two', nothing)).toEqual({
      outcome: 'conflict',
      at: { offset: 1, id: 'one' },
    });
    expect(await set('two', { offset: 1, id: 'other' })).toMatchObject({ outcome: 'conflict' });
    placeOf(await set('two', { offset: 1, id: 'one' }));
    placeOf(await set('gone', { offset: 2, id: 'two' }, true));
    expect(await set('three', { offset: 2, id: 'two' })).toEqual({
      outcome: 'conflict',
      at: nothing,
    });
    placeOf(await set('three', nothing));
  });

  it('of rivals that expect the same, in one batch, exactly one succeeds', async () => {
    const { broker } = await open();
    const expected = { offset: 0, id: '' };
    const answers = await Promise.all(
      Array.from({ length: 9 }, () =>
        broker.log.append('a', next({ key: 'k' }), { expect: expected }),
      ),
    );
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual([
      'appended',
      ...Array.from({ length: 8 }, () => 'conflict'),
    ]);
  });

  it('that conflicts does not use up its number', async () => {
    const { broker } = await open();
    const wrong = { producer: by(1), expect: { offset: 5, id: 'x' } };
    expect(await broker.log.append('a', next({ key: 'k' }), wrong)).toMatchObject({
      outcome: 'conflict',
    });
    placeOf(await broker.log.append('a', next({ key: 'k' }), { producer: by(1) }));
  });

  it('with an expectation, but no key, is a mistake of the caller', async () => {
    const { broker } = await open();
    const append = broker.log.append('a', next(), { expect: { offset: 0, id: '' } });
    await expect(append).rejects.toThrow(TypeError);
  });
});
