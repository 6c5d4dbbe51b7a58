import { describe, expect, it } from 'vitest';
import { atRest, settled, startWorld } from '../world.ts';
import { followed } from './followed.ts';

describe('loss at the tail', () => {
  it('is found when the tops are compared, after 2,000 ms, and repaired from the log', async () => {
    const { ann, bob, engine, broker, clock } = await followed();
    broker.isDeaf = true;
    engine.append('news', 1);
    engine.append('news', 2);
    clock.advance(1_999);
    await settled();
    expect(ann.told()).toEqual([]);
    clock.advance(1);
    await settled();
    expect(ann.told()).toEqual(['publication 1', 'publication 2']);
    expect(bob.told()).toEqual(['publication 1', 'publication 2']);
  });

  it('also of a log that went back, which is a gap', async () => {
    const { ann, engine, clock } = await followed();
    engine.append('news', 1);
    engine.append('news', 2);
    ann.told();
    engine.loseAfter('news', 1);
    clock.advance(2_000);
    await settled();
    expect(ann.told()).toEqual(['gap ahead 2 1']);
  });

  it('costs no read where nothing was lost, and asks with the mark of the answer before', async () => {
    const { engine, broker, clock, reads } = await followed({ limits: { topsEveryMs: 10 } });
    engine.append('news', 1);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(10);
      await settled();
    }
    const asked = broker.calls.filter((call) => call.startsWith('tops'));
    expect(asked).toHaveLength(3);
    expect(asked[0]).toBe('tops ');
    expect(asked[1]).toMatch(/^tops m\d+$/);
    expect(reads()).toEqual([]);
  });

  it('goes on after a failure', async () => {
    const { ann, engine, broker, clock, failures } = await followed();
    const failure = new Error('busy');
    broker.failNext('tops', failure);
    broker.isDeaf = true;
    engine.append('news', 1);
    clock.advance(2_000);
    await settled();
    expect([ann.told(), failures]).toEqual([[], [failure]]);
    clock.advance(2_000);
    await settled();
    expect(ann.told()).toEqual(['publication 1']);
  });

  it('is not looked for while nobody follows anything, also when the last went during a question', async () => {
    const { hub, enter, clock, broker } = await startWorld();
    expect(clock.pending).toBe(atRest);
    const client = await enter();
    client.subscribe('news');
    await settled();
    broker.hold('tops');
    clock.advance(2_000);
    client.desk.closed();
    await settled();
    broker.letGo('tops');
    await settled();
    expect([hub.view().channels, clock.pending]).toEqual([0, atRest]);
    const again = await enter();
    again.subscribe('news');
    await settled();
    clock.advance(2_000);
    await settled();
    expect(broker.calls.filter((call) => call.startsWith('tops'))).toHaveLength(2);
  });
});
