import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import {
  type Course,
  Lane,
  type LaneOptions,
  type Parcel,
} from '../../../src/testing/memory-network/lane.ts';

const free: Course = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  isSwallowed: false,
  isHeld: false,
};

interface Way {
  readonly lane: Lane;
  readonly clock: ManualClock;
  /** When, and the reason by which the tests name a parcel, or its bytes. */
  readonly seen: (readonly [number, string])[];
  overfull: number;
  lost: number;
}

function way(course: Partial<Course> = {}, options: Partial<LaneOptions> = {}): Way {
  const clock = new ManualClock();
  const seen: (readonly [number, string])[] = [];
  const made: Way = {
    clock,
    seen,
    overfull: 0,
    lost: 0,
    lane: new Lane({
      clock,
      random: () => 0,
      course: { ...free, ...course },
      maxMessages: 100,
      maxBytes: 100_000,
      arrived: (parcel) => void seen.push([clock.nowMs(), nameOf(parcel)]),
      overfull() {
        made.overfull += 1;
      },
      lost() {
        made.lost += 1;
      },
      ...options,
    }),
  };
  return made;
}

function nameOf(parcel: Parcel): string {
  return parcel.kind === 'message' ? String(parcel.payload) : parcel.kind;
}

function message(name: string, bytes = 100): Parcel {
  return { kind: 'message', payload: name, bytes };
}

const last: Parcel = { kind: 'end', reason: '', bytes: 0 };

describe('a lane', () => {
  it('brings nothing within the call that sends', () => {
    const { lane, clock, seen } = way();
    lane.push(message('a'));
    expect([seen, lane.bufferedBytes]).toEqual([[], 0]);
    clock.advance(0);
    expect(seen).toEqual([[0, 'a']]);
  });

  it('takes one alarm for each parcel', () => {
    const { lane, clock, seen } = way();
    lane.push(message('a'));
    lane.push(message('b'));
    clock.step(0);
    expect(seen).toEqual([[0, 'a']]);
    clock.step(0);
    expect([seen.at(-1), clock.pending]).toEqual([[0, 'b'], 0]);
  });

  it('takes as long as the delay, and up to the jitter longer', () => {
    const chances = [0, 0.5, 0.75];
    const { lane, clock, seen } = way(
      { delayMs: 20, jitterMs: 10 },
      { random: () => chances.shift()! },
    );
    for (const name of ['a', 'b', 'c']) {
      lane.push(message(name));
    }
    clock.advance(50);
    expect(seen).toEqual([
      [20, 'a'],
      [25, 'b'],
      [27.5, 'c'],
    ]);
  });

  it('keeps its order, whatever the chance', () => {
    const chances = [0.9, 0.1];
    const { lane, clock, seen } = way({ jitterMs: 100 }, { random: () => chances.shift()! });
    lane.push(message('late'));
    lane.push(message('early'));
    clock.advance(100);
    expect(seen).toEqual([
      [90, 'late'],
      [90, 'early'],
    ]);
  });

  it('keeps its order when the delay shrinks', () => {
    const { lane, clock, seen } = way({ delayMs: 50 });
    lane.push(message('a'));
    lane.change(free);
    lane.push(message('b'));
    clock.advance(50);
    expect(seen).toEqual([
      [50, 'a'],
      [50, 'b'],
    ]);
  });

  it('asks chance nothing without jitter', () => {
    const { lane, clock, seen } = way({ delayMs: 5 }, { random: () => expect.unreachable() });
    lane.push(message('a'));
    clock.advance(5);
    expect(seen).toHaveLength(1);
  });
});

describe('a slow reader', () => {
  it('takes so many bytes in a second, one message after the other', () => {
    const { lane, clock, seen } = way({ bytesPerSecond: 1_000, delayMs: 5 });
    lane.push(message('a', 100));
    lane.push(message('b', 50));
    expect(lane.bufferedBytes).toBe(150);
    clock.advance(40);
    expect(lane.bufferedBytes).toBe(110);
    clock.advance(80);
    expect([seen, lane.bufferedBytes]).toEqual([[[105, 'a']], 30]);
    clock.advance(35);
    expect([seen.at(-1), lane.bufferedBytes]).toEqual([[155, 'b'], 0]);
  });

  it('does not make up for time in which there was nothing to read', () => {
    const { lane, clock, seen } = way({ bytesPerSecond: 1_000 });
    clock.advance(10_000);
    lane.push(message('a', 100));
    clock.advance(99);
    expect([seen, lane.bufferedBytes]).toEqual([[], 1]);
    clock.advance(1);
    expect(seen).toEqual([[10_100, 'a']]);
  });

  it('may become slower and faster in the middle of a message', () => {
    const { lane, clock, seen } = way({ bytesPerSecond: 1_000 });
    lane.push(message('a', 100));
    clock.advance(50);
    lane.change({ ...free, bytesPerSecond: 100 });
    clock.advance(100);
    expect(lane.bufferedBytes).toBe(40);
    lane.change({ ...free, bytesPerSecond: 0 });
    clock.advance(1_000_000);
    expect([seen, lane.bufferedBytes, clock.pending]).toEqual([[], 40, 0]);
    lane.change(free);
    clock.advance(0);
    expect([seen, lane.bufferedBytes]).toEqual([[[1_000_150, 'a']], 0]);
  });

  it('takes words of the road, which have no bytes, but not before what waits', () => {
    const { lane, clock, seen } = way({ bytesPerSecond: 0 });
    lane.push({ kind: 'opened', bytes: 0 });
    lane.push(message('a'));
    lane.push(last);
    clock.advance(1_000);
    expect(seen).toEqual([[0, 'opened']]);
  });

  it('comes to the end of any message, whatever the rate', () => {
    for (const bytesPerSecond of [0.1, 1 / 3, 7, 1e9 / 7]) {
      const { lane, clock, seen } = way({ bytesPerSecond });
      clock.advance(123_456.789);
      lane.push(message('a', 97));
      lane.push(message('b', 1));
      clock.advance(1e9);
      expect([seen.length, lane.bufferedBytes]).toEqual([2, 0]);
    }
  });

  it('drained: at once while nothing waits, else when the last was taken', async () => {
    const { lane, clock } = way({ bytesPerSecond: 1_000, delayMs: 1_000 });
    await lane.drained();
    lane.push(message('a', 100));
    let drained = 0;
    void lane.drained().then(() => (drained += 1));
    void lane.drained().then(() => (drained += 1));
    clock.advance(99);
    await Promise.resolve();
    expect(drained).toBe(0);
    clock.advance(1);
    await Promise.resolve();
    expect(drained).toBe(2);
  });
});

describe('a lane that is held', () => {
  it('loses nothing, moves nothing, and goes on', () => {
    const { lane, clock, seen } = way({ delayMs: 10 });
    lane.push(message('under way'));
    clock.advance(5);
    lane.change({ ...free, delayMs: 10, isHeld: true });
    lane.push(message('sent', 30));
    clock.advance(100);
    expect([seen, lane.bufferedBytes, clock.pending]).toEqual([[], 30, 0]);
    lane.change({ ...free, delayMs: 10 });
    clock.advance(10);
    expect(seen).toEqual([
      [105, 'under way'],
      [115, 'sent'],
    ]);
  });

  it('lets a slow reader take nothing meanwhile', () => {
    const { lane, clock } = way({ bytesPerSecond: 1_000 });
    lane.push(message('a', 100));
    clock.advance(50);
    lane.change({ ...free, bytesPerSecond: 1_000, isHeld: true });
    clock.advance(500);
    expect(lane.bufferedBytes).toBe(50);
    lane.change({ ...free, bytesPerSecond: 1_000 });
    clock.advance(30);
    expect(lane.bufferedBytes).toBe(20);
  });
});

describe('a lane that swallows', () => {
  it('brings what was under way, and nothing ever again once it lost something', () => {
    const way1 = way({ delayMs: 10 });
    const { lane, clock, seen } = way1;
    lane.push(message('under way'));
    lane.change({ ...free, isSwallowed: true });
    lane.push(message('lost'));
    lane.change(free);
    lane.push(message('after the hole'));
    clock.advance(100);
    expect([seen, lane.bufferedBytes, way1.lost]).toEqual([[[10, 'under way']], 0, 2]);
  });

  it('that lost nothing is as before', () => {
    const { lane, clock, seen } = way({ isSwallowed: true });
    lane.change(free);
    lane.push(message('a'));
    clock.advance(0);
    expect(seen).toHaveLength(1);
  });
});

describe('what a lane may hold', () => {
  it.each(['waiting', 'travelling'])('%s: so many messages, and not one more', (where) => {
    const made = way(where === 'waiting' ? { isHeld: true } : { delayMs: 1_000 }, {
      maxMessages: 3,
    });
    for (let count = 0; count < 3; count += 1) {
      made.lane.push(message('a'));
    }
    expect(made.overfull).toBe(0);
    made.lane.push(message('one more'));
    expect(made.overfull).toBe(1);
  });

  it.each(['waiting', 'travelling'])('%s: so many bytes, and not one more', (where) => {
    const made = way(where === 'waiting' ? { isHeld: true } : { delayMs: 1_000 }, {
      maxBytes: 300,
    });
    made.lane.push(message('a', 200));
    made.lane.push(message('a', 100));
    expect(made.overfull).toBe(0);
    made.lane.push(message('one more', 1));
    expect(made.overfull).toBe(1);
  });

  it('what has arrived is not held any more', () => {
    const made = way({}, { maxMessages: 1, maxBytes: 100 });
    for (let count = 0; count < 10; count += 1) {
      made.lane.push(message('a', 100));
      made.clock.advance(0);
    }
    expect([made.overfull, made.seen.length]).toEqual([0, 10]);
  });
});

describe('the end of a lane', () => {
  it('finish: what waits is lost, what travels arrives, then the last', async () => {
    const { lane, clock, seen } = way({ delayMs: 10 });
    lane.push(message('under way'));
    lane.change({ ...free, delayMs: 10, bytesPerSecond: 1 });
    lane.push(message('waiting'));
    const drained = lane.drained();
    lane.finish(last);
    await drained;
    clock.advance(1_000_000);
    expect(seen).toEqual([
      [10, 'under way'],
      [10, 'end'],
    ]);
  });

  it('end: nothing arrives, nobody waits, and no alarm is left', async () => {
    const { lane, clock, seen } = way({ delayMs: 10 });
    lane.push(message('under way'));
    lane.change({ ...free, bytesPerSecond: 1 });
    lane.push(message('waiting'));
    const drained = lane.drained();
    lane.end();
    await drained;
    lane.push(message('too late'));
    expect([lane.bufferedBytes, clock.pending]).toEqual([0, 0]);
    clock.advance(1_000_000);
    expect(seen).toEqual([]);
  });
});
