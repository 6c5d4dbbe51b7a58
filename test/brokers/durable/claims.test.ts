import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { open } from './world.ts';

const first = { expect: undefined, leaseMs: 1_000 };

describe('claims', () => {
  it('are put where nothing is, or by the revision that is replaced', async () => {
    const { broker } = await open();
    const put = await broker.claims.put('x', 'one', first);
    const revision = put.done ? put.revision : '';
    const found = { value: 'one', revision };
    expect(await broker.claims.get('x')).toEqual(found);
    expect(await broker.claims.put('x', 'two', first)).toEqual({ done: false, found });
    expect(await broker.claims.put('x', 'two', { expect: revision, leaseMs: 1_000 })).toMatchObject(
      { done: true },
    );
    expect(
      await broker.claims.put('x', 'three', { expect: revision, leaseMs: 1_000 }),
    ).toMatchObject({
      done: false,
      found: { value: 'two' },
    });
    expect(await broker.claims.put('y', 'one', { expect: 'gone', leaseMs: 1 })).toEqual({
      done: false,
      found: undefined,
    });
  });

  it('of rivals that expect the same, exactly one succeeds', async () => {
    const { broker } = await open();
    const puts = await Promise.all([1, 2, 3, 4].map((n) => broker.claims.put('x', `${n}`, first)));
    expect(puts.filter(({ done }) => done).length).toBe(1);
  });

  it('end when their lease does, unless it is renewed', async () => {
    const { broker, clock } = await open();
    const put = await broker.claims.put('x', 'one', first);
    const revision = put.done ? put.revision : '';
    clock.advance(999);
    expect(await broker.claims.renew('x', revision, 500)).toBe(true);
    clock.advance(499);
    expect(await broker.claims.get('x')).toBeDefined();
    clock.advance(1);
    expect(await broker.claims.get('x')).toBeUndefined();
    expect(await broker.claims.renew('x', revision, 500)).toBe(false);
    expect(await broker.claims.release('x', revision)).toBe(false);
    expect(await broker.claims.put('x', 'two', first)).toMatchObject({ done: true });
  });

  it('are released by their revision only', async () => {
    const { broker } = await open();
    const put = await broker.claims.put('x', 'one', first);
    expect(await broker.claims.release('x', 'other')).toBe(false);
    expect(await broker.claims.release('x', put.done ? put.revision : '')).toBe(true);
    expect(await broker.claims.get('x')).toBeUndefined();
  });

  it('last over a restart, and end at their time, which goes on meanwhile', async () => {
    const world = await open();
    await world.broker.claims.put('x', 'one', first);
    await world.broker.claims.put('y', 'endless', {
      expect: undefined,
      leaseMs: Number.POSITIVE_INFINITY,
    });
    world.clock.advance(600);
    const { broker, clock } = await world.again();
    expect(await broker.claims.get('x')).toMatchObject({ value: 'one' });
    clock.advance(400);
    expect(await broker.claims.get('x')).toBeUndefined();
    expect(await broker.claims.get('y')).toMatchObject({ value: 'endless' });
  });

  it('do not last longer than they were put for, though the time of day went back', async () => {
    const world = await open();
    await world.broker.claims.put('x', 'one', first);
    const clock = new ManualClock({ wallMs: 1_000_000 });
    const { broker } = await open({ store: world.store.restarted(), clock });
    expect(await broker.claims.get('x')).toBeDefined();
    clock.advance(999);
    expect(await broker.claims.get('x')).toBeDefined();
    clock.advance(1);
    expect(await broker.claims.get('x')).toBeUndefined();
  });

  it("that are damaged are nobody else's, until a sweep takes them away", async () => {
    const world = await open({ sweepEveryMs: 10 });
    await world.broker.claims.put('x', 'one', first);
    world.store.damage(world.store.keysOf('l')[0]!);
    const { broker, clock } = await world.again();
    await expect(broker.claims.put('x', 'two', first)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
    clock.advance(10);
    await broker.claims.get('other');
    await expect
      .poll(() => broker.claims.put('x', 'two', first).catch(() => undefined))
      .toMatchObject({ done: true });
  });

  it('are as many as the limit says; one more is refused, until one is released', async () => {
    const { broker } = await open({ maxClaims: 1 });
    const put = await broker.claims.put('x', 'one', first);
    await expect(broker.claims.put('y', 'one', first)).rejects.toMatchObject({
      code: 'BROKER_FULL',
    });
    await broker.claims.release('x', put.done ? put.revision : '');
    expect(await broker.claims.put('y', 'one', first)).toMatchObject({ done: true });
  });

  it('have a value of 16,384 characters at the most, and a lease of more than nothing', async () => {
    const { broker } = await open();
    expect(await broker.claims.put('x', 'x'.repeat(16_384), first)).toMatchObject({ done: true });
    await expect(broker.claims.put('y', 'x'.repeat(16_385), first)).rejects.toThrow(RangeError);
    await expect(broker.claims.put('y', '', { expect: undefined, leaseMs: 0 })).rejects.toThrow(
      RangeError,
    );
    await expect(broker.claims.renew('x', '', Number.NaN)).rejects.toThrow(RangeError);
  });
});
