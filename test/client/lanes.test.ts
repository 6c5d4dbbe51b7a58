import { describe, expect, it } from 'vitest';
import type { Lane, LaneHost } from '../../src/client/lane.ts';
import { Lanes, maxEmptyLanes } from '../../src/client/lanes.ts';
import { type Letter, newLetter } from '../../src/client/letter.ts';

function opened(): Lanes {
  let names = 0;
  const host: LaneHost = {
    get producer() {
      return lanes.producer;
    },
    makeName: () => {
      names += 1;
      return `name ${names}`;
    },
    settled: () => undefined,
    changed: () => undefined,
    forget: () => undefined,
    rest: () => () => undefined,
    nowMs: () => 0,
  };
  const lanes: Lanes = new Lanes(host);
  return lanes;
}

function put(lane: Lane, data: unknown, isInherited = false): Letter {
  const nothing = (): void => undefined;
  const message = { type: 'publish', channel: lane.channel, data } as const;
  const kept = { message, size: 20, tag: undefined, untilMs: 0, seq: 0 };
  const letter = newLetter(kept, { id: 1, isInherited, resolve: nothing, reject: nothing });
  lane.letters.push(letter);
  return letter;
}

/** Sends what is put there, and has it stored: the lane is empty, and has used a number. */
function use(lane: Lane): void {
  put(lane, 1);
  const letter = lane.next()!;
  letter.askedId = 1;
  lane.stored(letter, { type: 'appended', id: 1, position: { epoch: 'e', offset: 1, id: 'i' } });
}

const every = (): boolean => true;

describe('the lanes of an outbox', () => {
  it('one for each channel, all numbered by one producer', () => {
    const lanes = opened();
    expect(lanes.of('a')).toBe(lanes.of('a'));
    for (const channel of ['a', 'b']) {
      put(lanes.of(channel), 1);
      lanes.of(channel).next();
      expect(lanes.of(channel).latest).toEqual({ name: 'name 1', epoch: 1, seq: 1 });
    }
  });

  it('as many empty ones are kept; with one more the oldest is forgotten, and no number of it is used again', () => {
    const lanes = opened();
    for (let n = 0; n < maxEmptyLanes; n += 1) {
      use(lanes.of(`room${n}`));
    }
    const [first, second] = [lanes.of('room0'), lanes.of('room1')];
    use(lanes.of('another'));
    expect(lanes.of('another').latest).toMatchObject({ name: 'name 2', seq: 1 });
    expect(lanes.of('room1')).toBe(second);
    use(second);
    expect(second.latest).toMatchObject({ name: 'name 1', seq: 2 });
    const again = lanes.of('room0');
    expect(again).not.toBe(first);
    use(again);
    expect([again.latest.name === 'name 1', again.latest.seq]).toEqual([false, 1]);
  });

  it('one in which something waits is not forgotten', () => {
    const lanes = opened();
    const waits = lanes.of('waits');
    put(waits, 1);
    for (let n = 0; n <= maxEmptyLanes; n += 1) {
      use(lanes.of(`room${n}`));
    }
    expect(lanes.of('waits')).toBe(waits);
  });

  it('what has to be kept: of our own what waits or has numbers, of adopted ones what waits', () => {
    const lanes = opened();
    lanes.of('never used');
    use(lanes.of('used'));
    put(lanes.of('waits'), 1);
    put(lanes.of('waits'), 2, true);
    const [adopted] = lanes.adopt('place', ['room']);
    put(adopted!, 3, true);
    expect(lanes.look(undefined, every)).toMatchObject({
      producer: { name: 'name 1', epoch: 1 },
      lanes: [
        { channel: 'used', letters: [], producer: { seq: 1 } },
        { channel: 'waits', letters: [{ message: { data: 1 } }, { message: { data: 2 } }] },
      ],
    });
    const inherited = lanes.look(undefined, ({ isInherited }) => isInherited);
    expect(inherited.lanes[1]!.letters).toMatchObject([{ message: { data: 2 } }]);
    expect(lanes.look('place', every).lanes).toMatchObject([{ channel: 'room' }]);
    expect(lanes.look('elsewhere', every).lanes).toEqual([]);
  });

  it('one that had to number anew is kept when nothing is in it, by its own producer', () => {
    const lanes = opened();
    const lane = lanes.of('a');
    put(lane, 1);
    const letter = lane.next()!;
    letter.askedId = 1;
    const message = 'it was used for something else';
    lane.refused(letter, {
      type: 'error',
      id: 1,
      code: 'NUMBER_REUSED',
      message,
      retryable: false,
    });
    lane.expire(letter);
    expect(lane.letters).toEqual([]);
    const producer = { name: 'name 2', epoch: 1, first: 2, seq: 1 };
    expect(lanes.look(undefined, every).lanes).toEqual([{ channel: 'a', producer, letters: [] }]);
  });

  it('adopted ones are beside our own, until all of them are empty', () => {
    const lanes = opened();
    const adopted = lanes.adopt('place', ['room', 'other']);
    expect(lanes.of('room')).not.toBe(adopted[0]);
    put(adopted[1]!, 1);
    lanes.sweep();
    expect(lanes.all).toEqual([lanes.of('room'), ...adopted]);
    adopted[1]!.letters.pop();
    lanes.sweep();
    expect(lanes.all).toEqual([lanes.of('room')]);
  });

  it('of another user they have another producer, and nothing that an earlier page left', () => {
    const lanes = opened();
    const lane = lanes.of('room');
    use(lane);
    put(lane, 'left', true);
    put(lane, 'mine');
    lanes.disown();
    expect(lane.letters.map(({ message }) => message.data)).toEqual(['mine']);
    lane.next();
    expect(lane.latest).toEqual({ ...lanes.producer, seq: 1 });
    expect(lanes.producer.name).not.toBe('name 1');
  });
});
