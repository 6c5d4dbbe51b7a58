import { describe, expect, it } from 'vitest';
import { methodsByName } from '../../../src/hub/calls/calls.ts';
import { type CallNeeds, callsTopic, OneCall } from '../../../src/hub/calls/one-call.ts';
import { callLimits } from '../../../src/hub/calls/options.ts';
import { notesFor } from '../../../src/hub/notes.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { Gate, settled, TestBus, TestCaller, TestClaims, TestPost } from './doubles.ts';
import { callOf } from './world.ts';

function openNeeds(more: Partial<CallNeeds> = {}): CallNeeds & { clock: ManualClock } {
  const clock = new ManualClock();
  return {
    claims: new TestClaims(clock),
    post: new TestPost('n1', new TestBus()),
    policy: { connect: () => undefined, call: () => true },
    notes: notesFor(),
    limits: callLimits(),
    maxDataBytes: 1_000,
    methods: methodsByName({ one: () => 1 }),
    chance: () => 0.5,
    isAlive: async () => true,
    ...more,
    clock,
  };
}

describe('one call', () => {
  it('ends before its work does: the caller does not wait for the claim', async () => {
    const needs = openNeeds();
    const caller = new TestCaller();
    const gate = new Gate<number>();
    const methods = methodsByName({ one: () => gate.passed });
    const call = new OneCall(caller, callOf(1, 'one'), { ...needs, methods });
    let isDone = false;
    const working = call.work().then(() => {
      isDone = true;
    });
    await settled();
    const slow = new Gate();
    (needs.claims as TestClaims).gate = slow;
    gate.open(1);
    await call.ended;
    expect([caller.got.length, isDone]).toEqual([1, false]);
    slow.open();
    await working;
  });

  it('tells its end again to whoever comes then, and the first one nothing more', async () => {
    const needs = openNeeds();
    const [before, after] = [new TestCaller(), new TestCaller()];
    const call = new OneCall(before, callOf(1, 'one'), needs);
    await call.work();
    call.attach(after);
    expect([before.got.length, after.got]).toEqual([1, [{ type: 'reply', id: 1, data: 1 }]]);
  });

  it('ends once', async () => {
    const call = new OneCall(new TestCaller(), callOf(1, 'one'), openNeeds());
    await call.work();
    call.cancel();
    await call.abandon();
    const caller = new TestCaller();
    call.attach(caller);
    expect(caller.got).toEqual([{ type: 'reply', id: 1, data: 1 }]);
  });

  it('of an answer that was kept just before its node went, the retry hears', async () => {
    const needs = openNeeds();
    const key = { name: '~call:s1:1', value: (state: object) => JSON.stringify(state) };
    const running = key.value({ state: 'running', node: 'n0' });
    const put = await needs.claims.put(key.name, running, { expect: undefined, leaseMs: 1_000 });
    const isAlive = async (): Promise<boolean> => {
      const expect = put.done ? put.revision : undefined;
      const ended = key.value({ state: 'ended', outcome: { data: 'in time', parts: 0 } });
      await needs.claims.put(key.name, ended, { expect, leaseMs: 1_000 });
      return false;
    };
    const caller = new TestCaller();
    await new OneCall(caller, callOf(1, 'one'), { ...needs, isAlive }).work();
    expect(caller.got).toEqual([{ type: 'reply', id: 1, data: 'in time' }]);
  });

  it('one that runs by the claim of this very node, but does not run here, is lost', async () => {
    const needs = openNeeds();
    const running = JSON.stringify({ state: 'running', node: 'n1' });
    await needs.claims.put('~call:s1:1', running, { expect: undefined, leaseMs: 1_000 });
    const caller = new TestCaller();
    await new OneCall(caller, callOf(1, 'one'), needs).work();
    expect(caller.got).toMatchObject([{ code: 'ANSWER_UNKNOWN' }]);
  });

  it('one that runs elsewhere is looked for again when the engine was away', async () => {
    const needs = openNeeds();
    const claims = needs.claims as TestClaims;
    const running = JSON.stringify({ state: 'running', node: 'n2' });
    await claims.put('~call:s1:1', running, { expect: undefined, leaseMs: 60_000 });
    const caller = new TestCaller();
    const working = new OneCall(caller, callOf(1, 'one'), needs).work();
    await settled();
    claims.isDown = true;
    needs.clock.advance(1_000);
    await settled();
    expect(caller.got).toEqual([]);
    needs.clock.advance(4_000);
    await working;
    expect([caller.got, needs.clock.pending]).toMatchObject([[{ code: 'CALL_TOO_LATE' }], 0]);
  });

  it('hears of its cancellation by a topic of its node', () => {
    expect(callsTopic('n1')).toBe('~calls:n1');
  });
});
