/**
 * Threat D11 (docs/3-reference/threats.md): what a reader is given live, when it comes back, as a snapshot and by history is the same, for
 * whatever filters and permissions, by every transport; and it is what they say.
 *
 * All of it in memory, so that there can be a thousand permissions: hub, gateways, and the roads of streams, polls and events are the real ones,
 * at both ends, without sockets under them. e2e/roads/same-by-every-way.test.ts has a part of it over sockets, with websockets.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { memberFrom, rosterMark } from '../../../src/wire/index.ts';
import { Crowd, type Follower } from './crowd.ts';
import type { Entry } from './event-reader.ts';
import {
  keyOf,
  last,
  mayBeSeen,
  members,
  nameOf,
  type Run,
  runs,
  shownOf,
  takesAway,
} from './journal.ts';
import { apply } from './road-reader.ts';

let crowd: Crowd;
let count = 0;
beforeAll(async () => {
  crowd = await Crowd.start();
});

/** A run of its own, with these rights. */
function begin({ rights }: Run): { readonly run: string } {
  count += 1;
  crowd.rights.set(`${count}`, rights);
  return { run: `${count}` };
}

const follow = (followers: readonly Follower[]): Promise<string[]> =>
  Promise.all(followers.map((one) => one.follow()));
const leave = (followers: readonly Follower[]): Promise<unknown> =>
  Promise.all(followers.map((one) => one.leave()));
const allOf = <Value>(followers: readonly unknown[], value: Value): Value[] =>
  followers.map(() => value);

/** What is said, while those who go are away for a part of it. Gives how they are answered when they come back. */
async function play(
  { entries, awayFrom, awayFor }: Run,
  goes: readonly Follower[],
  say: (n: number) => Promise<unknown>,
): Promise<string[]> {
  let answers: string[] = [];
  for (const [at, n] of [...entries, undefined].entries()) {
    if (at === awayFrom) {
      await leave(goes);
    }
    const isBack = at === awayFrom + awayFor || (n === undefined && at >= awayFrom);
    if (isBack && answers.length === 0) {
      answers = await follow(goes);
    }
    await (n === undefined ? undefined : say(n));
  }
  return answers;
}

const said = ({ event, data }: Entry): unknown[] => [event, data];
const linked = ({ id }: Entry): string => id;

function valuesIn(entries: readonly Entry[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const entry of entries) {
    apply(values, entry);
  }
  return values;
}

describe('D11: the same by every way', () => {
  it('of a log: live, after a resume from anywhere, and by pages of history', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const { entries, rights, page } = run;
        const params = begin(run);
        const log = crowd.app.channel('log/:run', params);
        const cast = crowd.cast(log.name);
        const followers = [...cast.stays, ...cast.goes];
        const answer = rights.sight === undefined ? 'FORBIDDEN' : 'ok';
        expect(await follow(followers)).toEqual(allOf(followers, answer));
        const back = await play(run, cast.goes, (n) => log.publish(nameOf(n), n));
        expect(back).toEqual(allOf(back, answer));
        await log.publish(last, 0);
        if (rights.sight !== undefined) {
          await crowd.heard(followers);
        }
        const history = await cast.history(page);
        const wanted = rights.sight === undefined ? [] : shownOf(rights, entries);
        const live = followers.map((one) => one.entries());
        expect(live.map((one) => one.map(said))).toEqual(allOf(followers, wanted));
        expect(live.map((one) => one.map(linked))).toEqual(allOf(followers, live[0]!.map(linked)));
        if (rights.sight === undefined) {
          expect(history).toEqual(allOf(history, 'FORBIDDEN'));
        } else {
          const read = history as Entry[][];
          expect(read.map((one) => one.map(said))).toEqual(allOf(read, wanted));
          expect(read.map((one) => one.map(linked))).toEqual(allOf(read, live[0]!.map(linked)));
        }
        await crowd.end(...followers);
      }),
      { numRuns: 1_000 },
    );
  }, 240_000);

  it('of a log: whoever loses the right to read it has what was told before, and no more', async () => {
    await fc.assert(
      fc.asyncProperty(runs, runs, async (run, { entries: after }) => {
        const { entries, rights, page } = run;
        fc.pre(rights.sight !== undefined);
        const params = begin(run);
        const log = crowd.app.channel('log/:run', params);
        const cast = crowd.cast(log.name);
        const followers = [...cast.stays, ...cast.goes];
        await follow(followers);
        await play(run, cast.goes, (n) => log.publish(nameOf(n), n));
        await log.publish(last, 0);
        await crowd.heard(followers);
        crowd.rights.set(params.run, { ...rights, sight: undefined });
        await leave(cast.goes);
        const asking = crowd.hub.recheck({ channel: log.name });
        await crowd.pass();
        await asking;
        for (const n of [...after, 0]) {
          await log.publish(n === 0 ? last : nameOf(n), n);
        }
        expect(await follow(cast.goes)).toEqual(allOf(cast.goes, 'FORBIDDEN'));
        expect(await cast.history(page)).toEqual(allOf(crowd.roads, 'FORBIDDEN'));
        const wanted = shownOf(rights, entries);
        const live = followers.map((one) => one.entries().map(said));
        expect(live).toEqual(allOf(followers, wanted));
        await crowd.end(...followers);
      }),
      { numRuns: 150 },
    );
  }, 240_000);

  it('of keyed state: live, after a resume from anywhere, as a snapshot, and by pages of history', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const { rights, page } = run;
        const params = begin(run);
        const map = crowd.app.channel('map/:run', params);
        const cast = crowd.cast(map.name);
        const followers = [...cast.stays, ...cast.goes];
        const answer = rights.sight === undefined ? 'FORBIDDEN' : 'ok';
        expect(await follow(followers)).toEqual(allOf(followers, answer));
        const values = new Map<string, number>();
        const back = await play(run, cast.goes, async (n) => {
          const key = keyOf(n);
          if (takesAway(n)) {
            values.delete(key);
            await map.remove(key);
          } else {
            values.set(key, n);
            await map.set(key, n);
          }
        });
        expect(back).toEqual(allOf(back, answer));
        await map.set(last, 0);
        expect(await follow(cast.late)).toEqual(allOf(cast.late, answer));
        const all = [...followers, ...cast.late];
        if (rights.sight !== undefined) {
          await crowd.heard(all);
        }
        const shown = [...values].filter(([key, n]) => mayBeSeen(rights, key, n));
        const wanted = new Map(rights.sight === undefined ? [] : [...shown, [last, 0]]);
        expect(all.map((one) => one.values())).toEqual(allOf(all, wanted));
        const history = await cast.history(page);
        expect(history.map((one) => (typeof one === 'string' ? one : valuesIn(one)))).toEqual(
          allOf(history, rights.sight === undefined ? 'FORBIDDEN' : wanted),
        );
        await crowd.end(...all);
      }),
      { numRuns: 300 },
    );
  }, 240_000);

  it('of rosters: those who stand in them, and nobody else, for those who may look', async () => {
    const people = await Promise.all([...members, last].map((name) => crowd.come(name)));
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const { rights, page } = run;
        const channel = `log/${begin(run).run}`;
        const cast = crowd.cast(rosterMark + channel);
        const followers = [...cast.stays, ...cast.goes];
        const answer = rights.looks ? 'ok' : 'FORBIDDEN';
        expect(await follow(followers)).toEqual(allOf(followers, answer));
        const there = new Map<string, number>();
        const back = await play(run, cast.goes, async (n) => {
          const at = n % members.length;
          const mayStand = rights.stands.includes(members[at]!);
          const { session } = people[at]!;
          if (takesAway(n)) {
            const answered = await people[at]!.ask({ type: 'exit', channel });
            expect(answered).toBe(there.delete(session) ? 'ok' : 'NOT_ENTERED');
          } else {
            const answered = await people[at]!.ask({ type: 'enter', channel, data: n });
            expect(answered).toBe(mayStand ? 'ok' : 'FORBIDDEN');
            if (mayStand) {
              there.set(session, n);
            }
          }
        });
        expect(back).toEqual(allOf(back, answer));
        const closing = people.at(-1)!;
        await closing.ask({ type: 'enter', channel, data: 0 });
        expect(await follow(cast.late)).toEqual(allOf(cast.late, answer));
        const all = [...followers, ...cast.late];
        if (rights.looks) {
          await crowd.heard(all, ({ key }) => key === closing.session);
        }
        const wanted = new Map(rights.looks ? [...there, [closing.session, 0]] : []);
        expect(all.map((one) => whatTheySay(one.values()))).toEqual(allOf(all, wanted));
        const history = await cast.history(page);
        expect(
          history.map((one) => (typeof one === 'string' ? one : whatTheySay(valuesIn(one)))),
        ).toEqual(allOf(history, rights.looks ? wanted : 'FORBIDDEN'));
        await Promise.all(people.map((one) => one.ask({ type: 'exit', channel })));
        await crowd.end(...all);
      }),
      { numRuns: 150 },
    );
  }, 240_000);
});

/** By session. */
function whatTheySay(values: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...values].map(([session, member]) => [session, memberFrom(member)?.data]));
}
