import { describe, expect, it } from 'vitest';
import { signalsDefaults } from '../../../src/client/app/index.ts';
import { startBed, watch } from './world.ts';

async function following(options?: { forMs?: number; limit?: number }) {
  const world = await startBed();
  const { bed, rt } = world;
  const typing = rt('eve').channel('chat/:room', { room: '1' }).signals('typing', options);
  const { told, stop } = watch(typing);
  const users = Object.fromEntries(
    ['ada', 'bob', 'cem'].map((user) => [user, rt(user).channel('chat/:room', { room: '1' })]),
  );
  await bed.advance(100);
  return {
    ...world,
    typing,
    told,
    stop,
    users,
    type: async (user: string, at: number) => {
      users[user]!.signal('typing', { at });
      await bed.advance(0);
    },
    shown: () => typing.get().map(({ by, data }) => `${by} ${data.at}`),
  };
}

describe('the signals of one name', () => {
  it('are the latest of each user, the newest last, for a while', async () => {
    const { bed, type, typing, told, shown } = await following();
    await type('ada', 1);
    await bed.advance(1_000);
    await type('bob', 2);
    expect(shown()).toEqual(['ada 1', 'bob 2']);
    await bed.advance(1_000);
    await type('ada', 3);
    expect(shown()).toEqual(['bob 2', 'ada 3']);
    expect(typing.get()).toBe(typing.get());
    await bed.advance(1_999);
    expect(shown()).toEqual(['bob 2', 'ada 3']);
    await bed.advance(1);
    expect(shown()).toEqual(['ada 3']);
    await bed.advance(1_000);
    expect(shown()).toEqual([]);
    expect(told.length).toBe(5);
    bed.close();
  });

  it('of other names are not among them', async () => {
    const { bed, rt, shown, stop, clientOf } = await following();
    clientOf('dan').signal('chat/1', { at: 1 }, 'other');
    rt('fay').channel('chat/:room', { room: '2' }).signal('typing', { at: 1 });
    await bed.advance(100);
    expect(shown()).toEqual([]);
    stop();
    bed.close();
  });

  it('stand as long as is said, and are as many: with one more the oldest goes', async () => {
    const { bed, type, shown } = await following({ forMs: 500, limit: 2 });
    await type('ada', 1);
    await type('bob', 1);
    expect(shown().length).toBe(2);
    await type('cem', 1);
    expect(shown()).toEqual(['bob 1', 'cem 1']);
    await bed.advance(500);
    expect(shown()).toEqual([]);
    bed.close();
  });

  it('end with who looks: nothing is left that waits', async () => {
    const left: number[] = [];
    for (const times of [0, 1]) {
      const { bed, type, stop, shown } = await following();
      for (let n = 0; n < times; n += 1) {
        await type('ada', n);
      }
      stop();
      await bed.advance(0);
      expect(shown()).toEqual([]);
      left.push(bed.clock.pending);
      bed.close();
    }
    expect(left[1]).toBe(left[0]);
  });

  it('have options that can be', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '1' });
    expect(signalsDefaults).toEqual({ forMs: 3_000, limit: 100 });
    for (const wrong of [{ forMs: 0 }, { limit: 0 }, { limit: 1.5 }]) {
      expect(() => room.signals('typing', wrong)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
    room.signals('typing', { forMs: 1, limit: 1 });
    bed.close();
  });
});
