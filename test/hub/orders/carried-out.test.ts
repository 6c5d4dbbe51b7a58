import { describe, expect, it } from 'vitest';
import { notesFor } from '../../../src/hub/notes.ts';
import { CarriedOut } from '../../../src/hub/orders/carried-out.ts';
import { type Order, revokeOf } from '../../../src/hub/orders/order.ts';
import { Revoked } from '../../../src/hub/orders/revoked.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { Gate } from '../calls/doubles.ts';
import { settled } from '../world.ts';

const keepMs = 1_000;

function open(most?: number) {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const begun: string[] = [];
  const gate = new Gate();
  const revoked = new Revoked(clock, keepMs);
  const needs = {
    clock,
    notes: notesFor({ failed: (error) => failures.push(error) }),
    revoked,
    keepMs,
    carryOut: (order: Order) => {
      begun.push(order.id);
      return gate.passed;
    },
  };
  return { clock, failures, begun, gate, revoked, carriedOut: new CarriedOut(needs, most) };
}

const at = { epoch: 'e', offset: 1, id: 'p1' };

describe('an order', () => {
  it('is begun at once, and done when it is', async () => {
    const { carriedOut, begun, gate } = open();
    const order = revokeOf('1', { user: 'ann' }, {});
    expect(carriedOut.take(order, at)).toMatchObject({ isNew: true, isDone: false });
    expect(begun).toEqual(['1']);
    expect(carriedOut.take(order, at)).toMatchObject({ isNew: false, isDone: false });
    gate.open();
    await carriedOut.all();
    expect(carriedOut.take(order, at)).toMatchObject({ isNew: false, isDone: true });
    expect(begun).toEqual(['1']);
  });

  it('that comes again says where it stands', () => {
    const { carriedOut, revoked } = open();
    const order = revokeOf('1', { user: 'ann' }, {});
    const who = { user: 'ann', session: 's' };
    carriedOut.take(order, undefined);
    expect(revoked.hasEnded(who, { ...at, offset: 9 })).toBe(true);
    carriedOut.take(order, at);
    expect(revoked.hasEnded(who, { ...at, offset: 9 })).toBe(false);
  });

  it('that fails is done, and told to the observer', async () => {
    const { carriedOut, gate, failures } = open();
    carriedOut.take({ id: '1', kind: 'recheck' }, at);
    const failure = new Error('no');
    gate.fail(failure);
    await carriedOut.all();
    await settled();
    expect(failures).toEqual([failure]);
  });

  it('is known for its time, and among so many', () => {
    const { carriedOut, clock, begun } = open(2);
    const take = (id: string): unknown => carriedOut.take({ id, kind: 'recheck' }, at);
    take('1');
    take('2');
    take('1');
    expect(begun).toEqual(['1', '2']);
    take('3');
    take('1');
    expect(begun).toEqual(['1', '2', '3', '1']);
    clock.advance(keepMs);
    take('4');
    take('3');
    expect(begun).toEqual(['1', '2', '3', '1', '4', '3']);
  });
});
