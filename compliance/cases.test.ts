/** The list itself: every number is there, once, and each row of UTF-8 is as valid as it says. */
import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { listed, ours } from './cases/index.ts';

/** How many cases each group of the Autobahn list has. */
const counts: Readonly<Record<string, number>> = {
  '1.1': 8,
  '1.2': 8,
  '2': 11,
  '3': 7,
  '4.1': 5,
  '4.2': 5,
  '5': 20,
  '6.1': 3,
  '6.2': 4,
  '6.3': 2,
  '6.4': 4,
  '6.5': 5,
  '6.6': 11,
  '6.7': 4,
  '6.8': 2,
  '6.9': 4,
  '6.10': 3,
  '6.11': 5,
  '6.12': 8,
  '6.13': 5,
  '6.14': 10,
  '6.15': 1,
  '6.16': 3,
  '6.17': 5,
  '6.18': 5,
  '6.19': 5,
  '6.20': 7,
  '6.21': 8,
  '6.22': 34,
  '6.23': 7,
  '7.1': 6,
  '7.3': 6,
  '7.5': 1,
  '7.7': 13,
  '7.9': 9,
  '7.13': 2,
  '9.1': 6,
  '9.2': 6,
  '9.3': 9,
  '9.4': 9,
  '9.5': 6,
  '9.6': 6,
  '9.7': 6,
  '9.8': 6,
  '10.1': 1,
  ...Object.fromEntries(['1', '2', '3', '4', '5'].map((group) => [`12.${group}`, 18])),
  ...Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map((group) => [`13.${group}`, 18])),
};

const cases = listed.flatMap((group) => group.cases);

describe('the list of cases', () => {
  it('has each number of groups 1 to 7, 9, 10, 12 and 13, in order, and no other', () => {
    const asked = Object.entries(counts).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, index) => `${group}.${index + 1}`),
    );
    expect(cases.map(({ id }) => id)).toEqual(asked.toSorted(byNumber));
    expect(cases.length).toBe(517);
  });

  it('has three cases of which the standard leaves the outcome open', () => {
    const open = cases.filter(({ informational }) => informational).map(({ id }) => id);
    expect(open).toEqual(['7.1.6', '7.13.1', '7.13.2']);
  });

  it('has no number twice, ours among them', () => {
    const ids = [...listed, ...ours].flatMap((group) => group.cases.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('delivers cases of every group one byte at a time', () => {
    const group = (id: string) => id.replace('T.8/', '').split('.')[0];
    const delivered = ours.at(-1)!.cases.map(({ id }) => group(id));
    expect(new Set(delivered)).toEqual(new Set(cases.map(({ id }) => group(id))));
  });

  it('asks that a text comes back exactly when it is UTF-8', () => {
    for (const { id, script } of cases) {
      const { steps, events, ending } = script('server');
      const step = steps[0]!;
      if (/^6\.([5-9]|1\d|2\d)\./.test(id) && step.do === 'send') {
        const comesBack = events.length === 1 && ending.peerCloses;
        expect({ id, comesBack }).toEqual({ id, comesBack: isUtf8(step.frames[0]!.payload) });
      }
    }
  });
});

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
