import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/client/storage/slots.ts';
import type { ClientLocks } from '../../../src/client/storage/storage.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { failure, turn } from '../world.ts';
import { FakeLocks } from './kept.ts';

function slotsWith(locks: ClientLocks | undefined) {
  const clock = new ManualClock();
  return { clock, slots: new Slots(locks, 'app', clock) };
}

describe('slots of tabs', () => {
  it('one has it; another when it was let go', async () => {
    const locks = new FakeLocks();
    const [one, other] = [slotsWith(locks).slots, slotsWith(locks).slots];
    const held = await one.hold(2);
    expect(held).toMatchObject({ slot: 2, key: 'app-outbox-2' });
    expect(await other.hold(2)).toBeUndefined();
    held!.release();
    await turn();
    expect(await other.hold(2)).toMatchObject({ slot: 2 });
  });

  it('one that may be let go in a moment is asked for again, for half a second', async () => {
    const locks = new FakeLocks();
    const held = await slotsWith(locks).slots.hold(0);
    const { slots, clock } = slotsWith(locks);
    const again = slots.holdAgain(0);
    await turn();
    clock.advance(50);
    await turn();
    held!.release();
    await turn();
    clock.advance(50);
    expect(await again).toMatchObject({ slot: 0 });

    const late = slotsWith(locks);
    let found: unknown = 'not yet';
    void late.slots.holdAgain(0).then((given) => {
      found = given;
    });
    for (let waitedMs = 0; waitedMs < 500; waitedMs += 50) {
      await turn();
      expect(found).toBe('not yet');
      late.clock.advance(50);
    }
    await turn();
    expect([found, late.clock.pending]).toEqual([undefined, 0]);
  });

  it('one that comes when nobody waits any more is let go', async () => {
    const locks = new FakeLocks();
    const { slots } = slotsWith(locks);
    const coming = slots.hold(0);
    slots.hasEnded = true;
    expect(await coming).toBeUndefined();
    await turn();
    expect(locks.held.size).toBe(0);
  });

  it('where there are no locks, and where they fail, nothing can be had', async () => {
    expect(await failure(slotsWith(undefined).slots.hold(0))).toMatchObject({
      message: 'there are no locks by which tabs could keep apart',
    });
    const refusing: ClientLocks = {
      request: async () => {
        throw new Error('not in this frame');
      },
    };
    expect(await failure(slotsWith(refusing).slots.hold(0))).toMatchObject({
      message: 'not in this frame',
    });
  });
});
