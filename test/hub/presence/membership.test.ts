import { describe, expect, it } from 'vitest';
import { notesFor } from '../../../src/hub/notes.ts';
import { type EntersRoster, leaving, Membership } from '../../../src/hub/presence/membership.ts';
import type { Appended, AppendOptions, Log, NewPublication } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { settled } from './world.ts';

interface Tried {
  readonly publication: NewPublication;
  readonly options: AppendOptions | undefined;
}

/** A membership whose log answers by a script, the last line of which is repeated. */
function open(script: (Appended | 'fails' | ((tried: Tried[]) => Appended))[]): {
  clock: ManualClock;
  tried: Tried[];
  idle: number[];
  membership: Membership;
} {
  const clock = new ManualClock();
  const tried: Tried[] = [];
  const idle: number[] = [];
  let ids = 0;
  const append = async (
    _: string,
    publication: NewPublication,
    options?: AppendOptions,
  ): Promise<Appended> => {
    tried.push({ publication, options });
    const line = script.length > 1 ? script.shift()! : script[0]!;
    if (line === 'fails') {
      throw new Error('no answer');
    }
    return typeof line === 'function' ? line(tried) : line;
  };
  const membership = new Membership(
    { session: 's1', whom: { user: 'ann', guest: 'first' }, channel: 'lobby' },
    {
      log: { append } as unknown as Log,
      clock,
      notes: notesFor(),
      ids: {
        next: () => {
          ids += 1;
          return `i${ids}`;
        },
        chance: () => 0.5,
      },
      node: () => 'n1',
      idle: () => idle.push(tried.length),
    },
  );
  return { clock, tried, idle, membership };
}

function appended(offset: number): (tried: Tried[]) => Appended {
  return (tried) => ({
    outcome: 'appended',
    position: { epoch: 'e', offset, id: tried.at(-1)!.publication.id },
    duplicate: false,
  });
}
function conflict(offset: number, id: string): Appended {
  return { outcome: 'conflict', at: { offset, id } };
}
const yes: EntersRoster = {
  whom: { user: 'ann', guest: 'first' },
  may: async () => 'yes',
  isHere: () => true,
  generation: 1,
};

describe('a place in a roster', () => {
  it('is taken where nothing stands, and left on the condition of the entry that was written', async () => {
    const { tried, membership } = open([appended(5), appended(6)]);
    expect(await membership.enter('here', yes)).toEqual({ epoch: 'e', offset: 5, id: 'i1' });
    expect(await membership.leave()).toEqual({ epoch: 'e', offset: 6, id: 'i2' });
    expect(tried[0]).toMatchObject({
      publication: { key: 's1', by: 'ann', data: { user: 'ann', data: 'here', node: 'n1' } },
    });
    expect(tried[0]!.options?.expect).toEqual({ offset: 0, id: '' });
    expect(tried[1]).toMatchObject({
      publication: { key: 's1', data: null, removed: true },
      options: { expect: { offset: 5, id: 'i1' } },
    });
  });

  it('is idle once, when nothing is asked and nothing stands there', async () => {
    const { idle, membership } = open([appended(1), appended(2)]);
    void membership.enter(1, yes);
    void membership.leave();
    await settled();
    expect(idle).toEqual([2]);
  });

  it('is left once: afterwards there is nothing to leave', async () => {
    const { tried, membership } = open([appended(1)]);
    await membership.enter(1, yes);
    await membership.leave();
    expect([await membership.leave(), tried.length]).toEqual([undefined, 2]);
  });

  it.each([
    ['somebody else removed it', conflict(0, '')],
    ['the session entered elsewhere', conflict(9, 'other')],
  ])('is left without a word when %s', async (_, answer) => {
    const { tried, membership } = open([appended(1), answer]);
    await membership.enter(1, yes);
    expect(await membership.leave()).toEqual({ epoch: 'e', offset: 1, id: 'i1' });
    expect(tried.length).toBe(2);
  });

  it('of which no answer came is found by its id, and left', async () => {
    const { tried, membership } = open(['fails', conflict(7, 'i1'), appended(8)]);
    await expect(membership.enter(1, yes)).rejects.toThrow('no answer');
    await settled();
    expect(tried.map(({ options }) => options?.expect?.offset)).toEqual([0, 1, 7]);
    expect(await membership.leave()).toBeUndefined();
  });

  it('what another node wrote of the session is older than what its client says here', async () => {
    const { tried, membership } = open([conflict(3, 'other'), conflict(4, 'newer'), appended(5)]);
    expect(await membership.enter('here', yes)).toMatchObject({ offset: 5 });
    expect(tried.map(({ options }) => options?.expect)).toEqual([
      { offset: 0, id: '' },
      { offset: 3, id: 'other' },
      { offset: 4, id: 'newer' },
    ]);
    expect(new Set(tried.map(({ publication }) => publication.id)).size).toBe(1);
  });

  it('and newer, when its client is not here any more: what lands late replaces nothing', async () => {
    const { idle, tried, membership } = open([conflict(3, 'elsewhere')]);
    const gone = { ...yes, isHere: () => false };
    expect(await membership.enter('late', gone)).toBeUndefined();
    expect([await membership.leave(), tried.length, idle]).toEqual([undefined, 1, [1, 1]]);
  });

  it('that is taken when its client is not here any more is left at once', async () => {
    const { tried, membership } = open([appended(1), appended(2)]);
    const gone = { ...yes, isHere: () => false };
    expect(await membership.enter('late', gone)).toBeUndefined();
    expect(tried[1]).toMatchObject({
      publication: { removed: true },
      options: { expect: { offset: 1, id: 'i1' } },
    });
    expect([await membership.leave(), tried.length]).toEqual([undefined, 2]);
  });

  it('others that write of it all the time do not keep it busy', async () => {
    const { tried, membership } = open([conflict(3, 'other'), conflict(3, 'other')]);
    const failing = expect(membership.enter('here', yes)).rejects.toMatchObject({
      retryable: true,
    });
    await failing;
    await settled();
    expect(tried.filter(({ publication }) => publication.removed !== true)).toHaveLength(5);
  });

  it('a leave keeps its id while it is tried again, so that it is written once', async () => {
    const { clock, tried, membership } = open([appended(1), 'fails', 'fails', appended(2)]);
    await membership.enter(1, yes);
    const left = membership.leave();
    await settled();
    clock.advance(10_000);
    await settled();
    clock.advance(10_000);
    await left;
    expect(tried.slice(1).map(({ publication }) => publication.id)).toEqual(['i2', 'i2', 'i2']);
  });

  it('under a new name it is said again, where it stands; where it was removed, it joins', async () => {
    const { tried, membership } = open([appended(1), appended(2), conflict(0, ''), appended(4)]);
    await membership.enter(1, yes);
    await membership.rejoin();
    await membership.rejoin();
    expect(tried.map(({ options }) => options?.expect?.offset)).toEqual([0, 1, 2, 0]);
  });

  it('under a new name it is not said anew once its session was elsewhere, where it may have left', async () => {
    const { idle, tried, membership } = open([appended(1), conflict(0, ''), appended(3)]);
    await membership.enter(1, yes);
    membership.movedOn(2);
    await membership.rejoin();
    expect(tried.map(({ options }) => options?.expect?.offset)).toEqual([0, 1]);
    expect(idle.length).toBeGreaterThan(0);
    // Until its client says so again.
    await membership.enter(1, { ...yes, generation: 3 });
    expect(tried.at(-1)?.publication).toMatchObject({ data: { data: 1 } });
  });

  it('under a new name it is not taken back from another node', async () => {
    const { idle, tried, membership } = open([appended(1), conflict(2, 'other')]);
    await membership.enter(1, yes);
    await membership.rejoin();
    expect([await membership.leave(), tried.length]).toEqual([undefined, 2]);
    expect(idle.length).toBeGreaterThan(0);
  });

  it('when the node stops, what fails is not tried again', async () => {
    const { clock, tried, membership } = open([appended(1), 'fails']);
    await membership.enter(1, yes);
    const left = membership.leave();
    await settled();
    membership.stop();
    await left;
    expect([tried.length, clock.pending]).toEqual([3, 0]);
  });
});

it('the last word on a session has no value, and a time', () => {
  const clock = new ManualClock();
  const needs = { clock, ids: { next: () => 'i1', chance: () => 0 } };
  expect(leaving('s1', needs)).toEqual({
    id: 'i1',
    key: 's1',
    data: null,
    removed: true,
    atMs: clock.wallMs(),
  });
});

describe('what stands there already', () => {
  const at = (generation: number) => ({ ...yes, generation });

  it('is not said again by the same attachment, or by the next: nobody else wrote in between', async () => {
    const { tried, membership } = open([appended(1), appended(2), appended(3)]);
    const first = await membership.enter({ mood: 'good' }, at(3));
    expect(await membership.enter({ mood: 'good' }, at(3))).toEqual(first);
    expect(await membership.enter({ mood: 'good' }, at(4))).toEqual(first);
    expect(await membership.enter({ mood: 'good' }, at(5))).toEqual(first);
    expect(tried).toHaveLength(1);
    await membership.enter({ mood: 'bad' }, at(5));
    expect(tried).toHaveLength(2);
  });

  it('is said again by a session that was elsewhere in between', async () => {
    const { tried, membership } = open([appended(1), conflict(2, 'elsewhere'), appended(3)]);
    await membership.enter('here', at(3));
    expect(await membership.enter('here', at(5))).toMatchObject({ offset: 3 });
    expect(tried.map(({ options }) => options?.expect?.offset)).toEqual([0, 1, 2]);
  });

  it('and may stand there no more is taken out when it is said again', async () => {
    const { tried, membership } = open([appended(1), appended(2)]);
    await membership.enter('here', at(1));
    const no = { ...at(2), may: async () => 'no' as const };
    expect(await membership.enter('other', no)).toBeUndefined();
    expect(tried).toHaveLength(1);
    expect(await membership.enter('here', no)).toBeUndefined();
    expect(tried[1]).toMatchObject({ publication: { removed: true } });
  });

  it('and may be said again only later stays', async () => {
    const { tried, membership } = open([appended(1), appended(2)]);
    await membership.enter('here', at(1));
    const later = { ...at(2), may: async () => 'later' as const };
    expect(await membership.enter('here', later)).toBeUndefined();
    expect(tried).toHaveLength(1);
    expect(await membership.enter('here', at(2))).toMatchObject({ offset: 1 });
    expect(tried).toHaveLength(1);
  });

  it('is of whom it was that was let in last', async () => {
    const { membership } = open([appended(1), appended(2)]);
    const whom = { user: 'ann', guest: 'second' };
    await membership.enter('here', { ...at(1), whom, may: async () => 'no' });
    expect(membership.whom.guest).toBe('first');
    await membership.enter('here', { ...at(1), whom });
    expect(membership.whom).toBe(whom);
  });
});
