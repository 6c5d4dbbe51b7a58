import { describe, expect, it } from 'vitest';
import type { Member, Publication } from '../../src/wire/index.ts';
import { applyEntry, applySnapshot, memberFrom } from '../../src/wire/roster.ts';

const ann: Member = { user: 'ann', data: null, sinceMs: 1, node: 'n1' };
const bea: Member = { user: 'bea', data: { busy: true }, sinceMs: 2, node: 'n2' };

let offset = 0;
function entry(key: string | undefined, data: unknown): Publication {
  offset += 1;
  const place = { offset, id: `i${offset}`, prev: { offset: offset - 1, id: `i${offset - 1}` } };
  const named = key === undefined ? {} : { key };
  return {
    ...place,
    ...named,
    data,
    atMs: offset * 10,
    ...(data === null ? { removed: true } : {}),
  };
}

describe('one entry', () => {
  it('joins, updates, and leaves', () => {
    const roster = new Map<string, Member>();
    const [join, update, leave] = [entry('s1', ann), entry('s1', bea), entry('s1', null)];
    expect(applyEntry(roster, join)).toEqual({
      kind: 'joined',
      session: 's1',
      member: ann,
      atMs: join.atMs,
    });
    expect(applyEntry(roster, update)).toMatchObject({ kind: 'updated', member: bea });
    expect(roster).toEqual(new Map([['s1', bea]]));
    expect(applyEntry(roster, leave)).toEqual({
      kind: 'left',
      session: 's1',
      member: bea,
      atMs: leave.atMs,
    });
    expect(roster.size).toBe(0);
  });

  it.each([
    ['a leave of one who is not there', entry('s1', null)],
    ['an entry without a key', entry(undefined, ann)],
    ['what is no member', entry('s1', 'hello')],
  ])('%s changes nothing', (_, publication) => {
    const roster = new Map([['s2', bea]]);
    expect(applyEntry(roster, publication)).toBeUndefined();
    expect(roster).toEqual(new Map([['s2', bea]]));
  });
});

describe('a snapshot', () => {
  it('replaces what was known, and says what changed', () => {
    const roster = new Map([
      ['gone', ann],
      ['same', ann],
      ['other', ann],
    ]);
    const changes = applySnapshot(roster, [
      entry('same', ann),
      entry('other', bea),
      entry('new', bea),
    ]);
    expect(changes.map(({ kind, session }) => [kind, session])).toEqual([
      ['left', 'gone'],
      ['updated', 'other'],
      ['joined', 'new'],
    ]);
    expect(changes[0]).toEqual({ kind: 'left', session: 'gone', member: ann });
    expect([...roster.keys()]).toEqual(['same', 'other', 'new']);
  });

  it('its removals are no members', () => {
    const roster = new Map<string, Member>();
    expect(applySnapshot(roster, [entry('s1', ann), entry('s1', null)])).toEqual([]);
    expect(roster.size).toBe(0);
  });

  it('gives the same roster as the entries one by one', () => {
    const entries = [
      entry('a', ann),
      entry('b', bea),
      entry('a', null),
      entry('c', ann),
      entry('b', ann),
    ];
    const [one, all] = [new Map<string, Member>(), new Map<string, Member>()];
    for (const each of entries) {
      applyEntry(one, each);
    }
    applySnapshot(all, entries);
    expect(all).toEqual(one);
  });
});

describe('a member', () => {
  it('has a user, a time and a node; whatever else is there is left out', () => {
    expect(memberFrom({ ...bea, admin: true })).toEqual(bea);
  });

  it.each([
    null,
    1,
    'x',
    [],
    {},
    { ...ann, user: 1 },
    { ...ann, sinceMs: '1' },
    { ...ann, node: null },
  ])('is not %j', (data) => {
    expect(memberFrom(data)).toBeUndefined();
  });
});
