/**
 * What people do in one universe, and when.
 * In: chance. Out: deeds, until everything is healed. Cannot fail.
 */
import type { Chance } from './chance.ts';
import type { Person } from './people.ts';
import { type Doings, roster } from './sayings.ts';
import type { Time } from './time.ts';

/** For so long things are done, and go wrong, in milliseconds. */
export const troubledMs = 40_000;

/** @param busy What they do in any case. */
export function doingsOf(chance: Chance, busy: readonly (keyof Doings)[]): Doings {
  const does = (what: keyof Doings, probability: number): boolean =>
    chance.happens(probability) || busy.includes(what);
  return {
    hasSignals: does('hasSignals', 0.15),
    hasRosters: does('hasRosters', 0.12),
    hasCalls: does('hasCalls', 0.15),
    hasLeaving: does('hasLeaving', 0.2),
    hasLadder: does('hasLadder', 0.25),
  };
}

interface Plan {
  readonly time: Time;
  readonly chance: Chance;
  readonly doings: Doings;
}

/** Who follows what, and when who does what. */
export function plan(people: readonly Person[], given: Plan): void {
  const { time, chance } = given;
  const channels = ['news', 'talk'].slice(0, chance.between(1, 2));
  for (const person of people) {
    for (const channel of channels) {
      time.after(chance.between(0, 5_000), () => person.follow(channel));
    }
    if (chance.happens(0.5)) {
      time.after(chance.between(0, 5_000), () => person.follow('state'));
      for (let left = chance.between(0, 6); left > 0; left -= 1) {
        time.after(chance.between(0, troubledMs - 1), () => person.change('state'));
      }
    }
    for (let left = chance.between(2, 8); left > 0; left -= 1) {
      const channel = chance.pick(channels);
      // Now and then several at once.
      const atMs = chance.between(0, troubledMs - 1);
      for (let burst = chance.pick([1, 1, 3]); burst > 0; burst -= 1) {
        time.after(atMs, () => person.publish(channel));
      }
    }
    planMore(person, { channels, isFirst: person === people[0] }, given);
  }
}

function planMore(
  person: Person,
  { channels, isFirst }: { readonly channels: readonly string[]; readonly isFirst: boolean },
  { time, chance, doings }: Plan,
): void {
  const { sayings } = person;
  const often = (least: number, most: number, act: () => void): void => {
    for (let left = chance.between(least, most); left > 0; left -= 1) {
      time.after(chance.between(0, troubledMs - 1), act);
    }
  };
  if (doings.hasSignals) {
    often(1, 4, () => {
      const channel = chance.pick(channels);
      for (let burst = chance.between(1, 3); burst > 0; burst -= 1) {
        person.signal(channel);
      }
    });
  }
  if (doings.hasRosters) {
    // Somebody looks: members of dead nodes leave for those who do.
    if (isFirst || chance.happens(0.4)) {
      time.after(chance.between(0, 20_000), () => person.follow(roster));
    }
    often(1, 3, () => sayings.enterOrExit(chance.happens(0.7)));
  }
  if (doings.hasCalls) {
    often(1, 3, () => sayings.call(chance.pick(['work', 'work', 'back'])));
  }
  if (doings.hasLeaving) {
    often(0, 2, () => {
      const channel = chance.pick(channels);
      person.leave(channel);
      time.after(chance.between(0, 3_000), () => person.followAgain(channel));
    });
  }
}
