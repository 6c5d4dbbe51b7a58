/**
 * An application of which each reader may see a part, run by run, as a test says: what must be the same by every way (THREATS D11).
 * In: rights, by the name of a run. Out: its implementation, and what a reader must be shown. Cannot fail.
 */
import fc from 'fast-check';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { type App, implement } from '../../../src/hub/app/index.ts';

/** What its readers may see of one run. */
export interface Sight {
  /** By the name of the event, or by key. */
  readonly names: readonly string[];
  /** By what is said: remainders by seven. */
  readonly rests: readonly number[];
}

export interface Rights {
  /** Undefined: it may not be read. */
  readonly sight: Sight | undefined;
  /** The roster may be looked at. */
  readonly looks: boolean;
  /** Who may stand in it. */
  readonly stands: readonly string[];
}

/** Which every reader may see: what comes last, so that a test need not wait for nothing. */
export const last = 'end';
export const members = ['ann', 'bob', 'cleo'] as const;

export const journal = contract({
  user: z.object({ id: z.string() }),
  channels: {
    'log/:run': {
      events: { odd: z.number(), even: z.number(), [last]: z.number() },
      presence: z.number(),
    },
    'map/:run': { state: z.number() },
  },
});

export type Journal = App<typeof journal>;

export function mayBeSeen(
  { sight }: Rights,
  name: string | undefined,
  data: number | null,
): boolean {
  const isNamed = name === last || sight?.names.includes(name ?? '') === true;
  return isNamed && (data === null || name === last || sight!.rests.includes(data % 7));
}

/** Their users are called as their tokens. */
export function implementJournal(rights: ReadonlyMap<string, Rights>): Journal {
  interface Asked {
    readonly action: string;
    readonly params: { readonly run: string };
    readonly user: { readonly id: string };
  }
  const authorize = ({ action, params, user }: Asked): boolean => {
    const { sight, looks, stands } = rights.get(params.run)!;
    const answers: Readonly<Record<string, boolean>> = {
      subscribe: sight !== undefined,
      roster: looks,
      enter: user.id === last || stands.includes(user.id),
    };
    return answers[action] === true;
  };
  return implement(journal, {
    authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
    channels: {
      'log/:run': {
        authorize,
        see: ({ params, name, data }) => mayBeSeen(rights.get(params.run)!, name, data),
      },
      'map/:run': {
        authorize,
        see: ({ params, key, data }) => mayBeSeen(rights.get(params.run)!, key, data),
      },
    },
  });
}

export const nameOf = (n: number): 'odd' | 'even' => (n % 2 === 1 ? 'odd' : 'even');
export const keyOf = (n: number): string => 'xyz'[n % 3]!;

/** What is said of keyed state: one of five takes a value away. */
export const takesAway = (n: number): boolean => n % 5 === 0;

const sight = fc.option(
  fc.record({
    names: fc.subarray(['odd', 'even', 'x', 'y', 'z']),
    rests: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
  }),
  { nil: undefined, freq: 6 },
);
const looks = fc.integer({ min: 0, max: 6 }).map((n) => n > 0);

/** One run: rights, what is said, when a reader goes and for how long, and by what pages it reads. */
export const runs = fc.record({
  rights: fc.record({ sight, looks, stands: fc.subarray([...members]) }),
  entries: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 14 }),
  awayFrom: fc.integer({ min: 0, max: 14 }),
  awayFor: fc.integer({ min: 0, max: 14 }),
  page: fc.integer({ min: 1, max: 5 }),
});
export type Run = typeof runs extends fc.Arbitrary<infer One> ? One : never;

/** Entries that a reader of a log must be shown, as `[event, data]`. */
export function shownOf(rights: Rights, entries: readonly number[]): [string, number][] {
  const said = entries.map((n): [string, number] => [nameOf(n), n]);
  return [...said, [last, 0] as [string, number]].filter(([name, n]) => mayBeSeen(rights, name, n));
}
