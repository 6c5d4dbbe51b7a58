import { describe, expect, it } from 'vitest';
import { fullSight, type Sight, sightFor } from '../../../src/hub/channel/sight.ts';
import { notesFor } from '../../../src/hub/notes.ts';
import type { Whom } from '../../../src/hub/whom.ts';
import type { Policy } from '../../../src/ports/index.ts';
import type { ChannelKind, Publication } from '../../../src/wire/index.ts';

const whom = { user: 'ann', guest: undefined as unknown };

function publication(more: Partial<Publication> = {}): Publication {
  return { offset: 2, id: 'p2', prev: { offset: 1, id: 'p1' }, data: 'x', atMs: 5, ...more };
}

function sightOf(see: Policy['see'], kind: ChannelKind = 'log'): Sight & { failures: unknown[] } {
  const failures: unknown[] = [];
  const notes = notesFor({ failed: (error) => failures.push(error) });
  const policy = see === undefined ? {} : { see };
  return { ...sightFor({ policy, notes, whom, channel: 'news', kind }), failures };
}

describe('D11: what a reader is shown', () => {
  it('is everything, where the policy does not say', () => {
    const entry = publication();
    expect(sightFor({ policy: {}, notes: notesFor(), whom, channel: 'c', kind: 'log' })).toBe(
      fullSight,
    );
    expect(fullSight.entry(entry)).toBe(entry);
    expect(fullSight.signal({ data: 1 })).toBe(true);
  });

  it('is asked with what it says, and who reads it; nothing else of it is told', () => {
    const asked: unknown[] = [];
    const sight = sightOf((request) => {
      asked.push(request);
      return true;
    });
    const entry = publication({ event: 'said', by: 'bob' });
    expect(sight.entry(entry)).toBe(entry);
    expect(sight.signal({ data: null })).toBe(true);
    expect(asked).toEqual([
      { user: 'ann', channel: 'news', data: 'x', event: 'said', by: 'bob' },
      { user: 'ann', channel: 'news', data: null },
    ]);
  });

  it('is asked with what is known of who reads it, as it is now', () => {
    const asked: unknown[] = [];
    const known: Whom = { user: 'ann', guest: 'clerk' };
    const see = ({ guest }: { readonly guest?: unknown }): boolean => asked.push(guest) > 0;
    const sight = sightFor({
      policy: { see },
      notes: notesFor(),
      whom: known,
      channel: 'c',
      kind: 'log',
    });
    sight.signal({ data: 1 });
    known.guest = 'judge';
    sight.entry(publication());
    expect(asked).toEqual(['clerk', 'judge']);
  });

  it.each([false, undefined, 1, 'yes', Promise.resolve(true)])(
    'what is no plain yes is no: %s',
    (answer) => {
      const sight = sightOf(() => answer as boolean);
      expect([sight.entry(publication()), sight.signal({ data: 1 })]).toEqual([undefined, false]);
    },
  );

  it('a policy that throws has said no, and the observer is told', () => {
    const failure = new Error('no');
    const sight = sightOf(() => {
      throw failure;
    });
    expect(sight.entry(publication())).toBeUndefined();
    expect(sight.failures).toEqual([failure]);
  });
});

describe('a value of keyed state that is not shown', () => {
  const value = publication({ key: 'tin', data: { secret: true }, event: 'set' });

  it('is as if the key were removed, for whoever may know that', () => {
    const sight = sightOf(({ data, removed }) => removed === true || data === 1, 'state');
    expect(sight.entry(value)).toEqual({ ...value, data: null, removed: true });
    const shown = publication({ key: 'tin', data: 1 });
    expect(sight.entry(shown)).toBe(shown);
  });

  it('is nothing for whoever may not know of the key', () => {
    const sight = sightOf(({ key }) => key !== 'tin', 'state');
    expect(sight.entry(value)).toBeUndefined();
    expect(sight.entry({ ...value, data: null, removed: true })).toBeUndefined();
  });

  it('and in a log an entry is shown as it is, or not at all', () => {
    const sight = sightOf(({ removed }) => removed === true);
    expect(sight.entry(value)).toBeUndefined();
  });
});
