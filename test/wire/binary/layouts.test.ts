import { describe, expect, it } from 'vitest';
import {
  clientLayouts,
  isMaybe,
  type Kind,
  type Layout,
  planOf,
  serverLayouts,
} from '../../../src/wire/binary/layouts.ts';
import { clientChecks } from '../../../src/wire/client-checks.ts';
import { serverChecks } from '../../../src/wire/server-checks.ts';

describe('the numbers of messages, which are their places, do not change', () => {
  it('of a client', () => {
    expect(Object.keys(clientLayouts)).toEqual([
      'hello',
      'renew',
      'subscribe',
      'resume',
      'unsubscribe',
      'publish',
      'signal',
      'history',
      'enter',
      'exit',
      'call',
      'cancel',
      'answer',
      'decline',
      'ping',
    ]);
    expect(Object.keys(clientLayouts).sort()).toEqual(Object.keys(clientChecks).sort());
  });

  it('of a hub', () => {
    expect(Object.keys(serverLayouts)).toEqual([
      'welcome',
      'subscribed',
      'caughtUp',
      'publication',
      'signal',
      'advance',
      'gap',
      'unsubscribed',
      'appended',
      'renewed',
      'entered',
      'progress',
      'reply',
      'ask',
      'revoke',
      'drain',
      'historyPage',
      'pong',
      'error',
      'disconnect',
    ]);
    expect(Object.keys(serverLayouts).sort()).toEqual(Object.keys(serverChecks).sort());
  });
});

it('a plan says in which order fields and bits go, and is made once', () => {
  const layout: Layout = { a: { maybe: 'mark' }, b: 'whole', c: { maybe: { list: 'text' } } };
  expect(planOf(layout)).toEqual({
    fields: [
      { name: 'a', kind: 'mark', isOptional: true },
      { name: 'b', kind: 'whole', isOptional: false },
      { name: 'c', kind: { list: 'text' }, isOptional: true },
    ],
    optional: ['a', 'c'],
  });
  expect(planOf(layout)).toBe(planOf(layout));
});

it('no record has more fields that may be absent than a byte has bits', () => {
  const all: readonly Layout[] = [...Object.values(clientLayouts), ...Object.values(serverLayouts)];
  const counts = all.flatMap(recordsIn).map((layout) => Object.values(layout).filter(isMaybe));
  expect(Math.max(...counts.map(({ length }) => length))).toBeLessThanOrEqual(8);
});

function recordsIn(layout: Layout): Layout[] {
  const inside = Object.values(layout).flatMap((kind) => of(isMaybe(kind) ? kind.maybe : kind));
  return [layout, ...inside];
}

function of(kind: Kind): Layout[] {
  if (typeof kind === 'string') {
    return [];
  }
  return 'record' in kind ? recordsIn(kind.record) : of(kind.list);
}
