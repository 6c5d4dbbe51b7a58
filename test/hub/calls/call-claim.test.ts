import { describe, expect, it } from 'vitest';
import { CallClaim } from '../../../src/hub/calls/call-claim.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { TestClaims } from './doubles.ts';

function openClaims(): { clock: ManualClock; claim: () => CallClaim } {
  const clock = new ManualClock();
  const claims = new TestClaims(clock);
  const options = { name: 's1:1', leaseMs: 100, maxKeptAnswer: 50 };
  return { clock, claim: () => new CallClaim(claims, options) };
}

describe('the claim of a call', () => {
  it('is taken by the first, and tells the others who runs it', async () => {
    const { claim } = openClaims();
    const [first, second] = [claim(), claim()];
    expect([await first.take('n1'), first.isOurs]).toEqual([undefined, true]);
    expect([await second.take('n2'), second.isOurs]).toEqual([
      { state: 'running', node: 'n1' },
      false,
    ]);
  });

  it('tells how the call ended', async () => {
    const { claim } = openClaims();
    const first = claim();
    await first.take('n1');
    await first.keep({ data: 1, parts: 0 });
    expect(await claim().look()).toEqual({ state: 'ended', outcome: { data: 1, parts: 0 } });
  });

  it.each([
    ['is too long', { data: 'x'.repeat(50), parts: 0 }],
    ['is bytes', { data: new Uint8Array(1), parts: 0 }],
  ])('tells that the answer is lost when it %s', async (_, outcome) => {
    const { claim } = openClaims();
    const first = claim();
    await first.take('n1');
    await first.keep(outcome);
    expect(await claim().look()).toEqual({ state: 'lost' });
  });

  it('is not changed by whoever does not hold it', async () => {
    const { claim } = openClaims();
    await claim().take('n1');
    const second = claim();
    await second.take('n2');
    await second.keep({ data: 1, parts: 0 });
    expect(await claim().look()).toEqual({ state: 'running', node: 'n1' });
  });

  it('is lost when its lease has ended, which begins anew with the answer', async () => {
    const { clock, claim } = openClaims();
    const first = claim();
    await first.take('n1');
    clock.advance(99);
    await first.keep({ data: 1, parts: 0 });
    clock.advance(99);
    expect(await claim().look()).toMatchObject({ state: 'ended' });
    clock.advance(1);
    expect(await claim().look()).toEqual({ state: 'lost' });
  });
});
