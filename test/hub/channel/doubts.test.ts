import { describe, expect, it } from 'vitest';
import { Doubts } from '../../../src/hub/channel/doubts.ts';
import { at, type GapReason } from '../../../src/wire/index.ts';
import { settled } from '../world.ts';
import { followed } from './followed.ts';

const place = (offset: number) => at('e1', { offset, id: `p${offset}` });

function fallen(reason: GapReason): Doubts {
  const doubts = new Doubts();
  doubts.fell({ reason, from: place(3), to: place(1) });
  return doubts;
}

describe('what the log was not seen to have', () => {
  it('is what was announced, until the log is seen to end there', () => {
    const doubts = new Doubts();
    expect(doubts.any).toBe(false);
    doubts.announced();
    expect(doubts.any).toBe(true);
    doubts.settle(place(1));
    expect(doubts.any).toBe(false);
  });

  it('is what a subscription has read ahead: it is told once where the log ends, unless it left', () => {
    const doubts = new Doubts();
    const told: string[] = [];
    const named = (name: string) => ({
      ends: ({ offset }: { readonly offset: number }) => void told.push(`${name} ${offset}`),
    });
    const bob = named('bob');
    doubts.outran(named('ann'));
    doubts.outran(bob);
    doubts.left(bob);
    expect(doubts.any).toBe(true);
    doubts.settle(place(2));
    doubts.settle(place(2));
    expect([doubts.any, told]).toEqual([false, ['ann 2']]);
  });

  it('after a loss, the place where that led back to is doubtful, and no other', () => {
    for (const reason of ['ahead', 'diverged'] as const) {
      expect(fallen(reason).isFallen(place(1))).toBe(true);
      expect(fallen(reason).isFallen(place(3))).toBe(false);
    }
    for (const reason of ['trimmed', 'epoch', 'dropped'] as const) {
      expect(fallen(reason).isFallen(place(1))).toBe(false);
    }
  });

  it('a channel that is let go has none', () => {
    const doubts = fallen('ahead');
    doubts.announced();
    doubts.outran({ ends: () => expect.fail('it has left') });
    doubts.clear();
    doubts.settle(place(1));
    expect([doubts.any, doubts.isFallen(place(1))]).toEqual([false, false]);
  });
});

describe('an engine that lost entries', () => {
  it('still announces one of them when its tops were compared: the next tops do not name it, so the log is read', async () => {
    const { ann, engine, clock, reads } = await followed();
    engine.append('news', 1);
    const lost = engine.store('news', 2);
    engine.loseAfter('news', 1);
    clock.advance(2_000);
    await settled();
    engine.announce('news', lost);
    expect(ann.told()).toEqual(['publication 1', 'publication 2']);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(2_000);
      await settled();
    }
    expect(ann.told()).toEqual(['gap ahead 2 1']);
    expect(reads()).toEqual(['read news 2']);
  });

  it('costs no read where what was announced is named', async () => {
    const { engine, clock, reads } = await followed();
    for (let i = 1; i <= 3; i += 1) {
      engine.append('news', i);
      clock.advance(2_000);
      await settled();
    }
    expect(reads()).toEqual([]);
  });

  it('gave one of them to a reader who came again, and did not announce it here: that reader is told too', async () => {
    const { ann, engine, enter, broker, clock } = await followed();
    const first = engine.append('news', 1);
    broker.isDeaf = true;
    const lost = engine.store('news', 2);
    const cat = await enter();
    cat.subscribe('news', at('e1', first));
    await settled();
    expect(cat.told().at(-1)).toBe('caughtUp 2');
    broker.isDeaf = false;
    engine.loseAfter('news', 1);
    clock.advance(2_000);
    await settled();
    expect(cat.told()).toEqual(['gap ahead 2 1']);
    engine.announce('news', lost);
    await settled();
    expect([cat.told(), ann.told()]).toEqual([[], ['publication 1']]);
  });

  it('the same, when the log had more than the reader: it is told that', async () => {
    const { engine, enter, broker, clock } = await followed();
    const first = engine.append('news', 1);
    broker.isDeaf = true;
    engine.store('news', 2);
    const cat = await enter();
    cat.subscribe('news', at('e1', first));
    await settled();
    cat.told();
    engine.store('news', 3);
    clock.advance(2_000);
    await settled();
    expect(cat.told()).toEqual(['publication 3']);
    clock.advance(2_000);
    await settled();
    expect(cat.told()).toEqual([]);
  });

  it('announces again what a gap took back: it is not told a second time', async () => {
    const { ann, engine, clock } = await followed();
    engine.append('news', 1);
    const lost = engine.append('news', 2);
    engine.loseAfter('news', 1);
    clock.advance(2_000);
    await settled();
    expect(ann.told()).toEqual(['publication 1', 'publication 2', 'gap ahead 2 1']);
    engine.announce('news', lost);
    await settled();
    expect(ann.told()).toEqual([]);
    engine.append('news', 3);
    await settled();
    expect(ann.told()).toEqual(['publication 3']);
  });

  it('announced it while a reader read that it is lost: nor then', async () => {
    const { ann, engine, enter, broker, clock } = await followed();
    engine.append('news', 1);
    const lost = engine.store('news', 2);
    engine.loseAfter('news', 1);
    const cat = await enter();
    cat.told();
    broker.hold('read');
    cat.subscribe('news', at('e1', lost));
    await settled();
    engine.announce('news', lost);
    broker.letGo('read');
    await settled();
    expect(cat.told()).toEqual(['subscribed 1 gap ahead 2', 'caughtUp 1']);
    clock.advance(2_000);
    await settled();
    expect(cat.told()).toEqual([]);
    expect(ann.told()).toEqual(['publication 1', 'publication 2', 'gap ahead 2 1']);
  });
});
