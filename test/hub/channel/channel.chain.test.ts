import { describe, expect, it } from 'vitest';
import type { ChannelOptions } from '../../../src/hub/index.ts';
import { BrokerError } from '../../../src/ports/index.ts';
import { atRest, settled, startWorld } from '../world.ts';
import { followed } from './followed.ts';

describe('live: the chain of this hub', () => {
  it('a hole is filled from the log with one read, and subscribers notice nothing', async () => {
    const { ann, bob, engine, reads } = await followed();
    engine.store('news', 1);
    engine.store('news', 2);
    engine.append('news', 3);
    engine.append('news', 4);
    await settled();
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([1, 2, 3, 4].map((i) => `publication ${i}`));
    }
    expect(reads()).toEqual(['read news 0']);
  });

  it('what is announced during the repair comes behind it', async () => {
    const { ann, engine, broker, reads } = await followed();
    engine.store('news', 1);
    broker.hold('read');
    engine.append('news', 2);
    await settled();
    engine.append('news', 3);
    engine.append('news', 4);
    broker.letGo('read');
    await settled();
    expect(ann.told()).toEqual([1, 2, 3, 4].map((i) => `publication ${i}`));
    expect(reads()).toHaveLength(1);
  });

  it('more than replayBuffer announcements during the repair: the log is read again', async () => {
    for (const [more, expectedReads] of [
      [2, 1],
      [3, 2],
    ] as const) {
      const { ann, engine, broker, reads } = await followed({ limits: { replayBuffer: 2 } });
      engine.store('news', 1);
      broker.hold('read');
      engine.append('news', 2);
      await settled();
      for (let i = 3; i < 3 + more; i += 1) {
        engine.append('news', i);
      }
      broker.letGo('read');
      await settled();
      expect(ann.told()).toEqual(
        Array.from({ length: 2 + more }, (_, i) => `publication ${i + 1}`),
      );
      expect(reads()).toHaveLength(expectedReads);
    }
  });

  it('a repair takes as many pages as it needs', async () => {
    const { ann, engine } = await followed({ limits: { pageEntries: 3 } });
    for (let i = 1; i <= 8; i += 1) {
      engine.store('news', i);
    }
    engine.append('news', 9);
    await settled();
    expect(ann.told()).toEqual(Array.from({ length: 9 }, (_, i) => `publication ${i + 1}`));
  });

  it('an announcement that comes twice is told once', async () => {
    const { ann, engine } = await followed();
    const first = engine.append('news', 1);
    const second = engine.append('news', 2);
    engine.announce('news', second);
    engine.announce('news', first);
    await settled();
    engine.append('news', 3);
    expect(ann.told()).toEqual(['publication 1', 'publication 2', 'publication 3']);
  });

  it('what a repair has read already is no surprise when it is announced', async () => {
    const { ann, engine, reads } = await followed();
    engine.store('news', 1);
    const second = engine.store('news', 2);
    const third = engine.store('news', 3);
    const fourth = engine.store('news', 4);
    for (const late of [second, third, fourth]) {
      engine.announce('news', late);
      await settled();
    }
    engine.append('news', 5);
    expect(ann.told()).toEqual([1, 2, 3, 4, 5].map((i) => `publication ${i}`));
    expect(reads()).toEqual(['read news 0']);
  });

  it('what cannot be repaired is one gap for each subscriber, before any later publication', async () => {
    const { ann, bob, engine, notes, reads } = await followed();
    engine.append('news', 1);
    engine.store('news', 2);
    engine.store('news', 3);
    engine.trim('news', 3);
    engine.append('news', 4);
    await settled();
    engine.append('news', 5);
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([
        'publication 1',
        'gap trimmed 1 3',
        'publication 4',
        'publication 5',
      ]);
    }
    expect(reads()).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith('gapped'))).toEqual(['gapped news trimmed']);
  });

  it('an engine that lost entries and hands their offsets out again: diverged, at the first of them', async () => {
    const { ann, engine } = await followed();
    for (let i = 1; i <= 3; i += 1) {
      engine.append('news', i);
    }
    ann.told();
    engine.loseAfter('news', 1);
    // Its offset is one that everybody here has seen: only its id tells.
    engine.append('news', 102);
    await settled();
    expect(ann.told()).toEqual(['gap ahead 3 2']);
    engine.append('news', 103);
    engine.append('news', 104);
    await settled();
    expect(ann.told()).toEqual(['publication 103', 'publication 104']);
  });

  it('another entry where ours stood: diverged', async () => {
    const { ann, bob, engine } = await followed();
    engine.append('news', 1);
    engine.append('news', 2);
    engine.loseAfter('news', 1);
    engine.append('news', 102);
    await settled();
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([
        'publication 1',
        'publication 2',
        'gap diverged 2 1',
        'publication 102',
      ]);
    }
  });

  it('another life of the log: epoch, and all that it retains', async () => {
    const { ann, engine } = await followed();
    engine.append('news', 1);
    engine.renew('news', 'e2');
    engine.store('news', 21);
    engine.append('news', 22);
    await settled();
    expect(ann.told()).toEqual([
      'publication 1',
      'gap epoch 1 0',
      'publication 21',
      'publication 22',
    ]);
  });

  it('an announcement of what the log has lost is not told', async () => {
    const { ann, engine } = await followed();
    engine.append('news', 1);
    engine.store('news', 2);
    const third = engine.store('news', 3);
    engine.loseAfter('news', 1);
    engine.announce('news', third);
    await settled();
    engine.append('news', 4);
    expect(ann.told()).toEqual(['publication 1', 'publication 4']);
  });

  it('a broker that fails during the repair is asked again after a while', async () => {
    const { ann, engine, broker, clock, failures } = await followed({
      random: (into) => into.fill(128),
    });
    engine.store('news', 1);
    const failure = new BrokerError('BROKER_FULL', 'busy', true);
    broker.failNext('read', failure);
    engine.append('news', 2);
    await settled();
    engine.append('news', 3);
    expect(ann.told()).toEqual([]);
    expect(failures).toEqual([failure]);
    clock.advance(251);
    await settled();
    expect(ann.told()).toEqual([1, 2, 3].map((i) => `publication ${i}`));
  });

  it('a repair of a channel that everybody has left ends, and leaves no timer', async () => {
    const { ann, bob, engine, broker, clock, hub, reads } = await followed();
    engine.store('news', 1);
    broker.failNext('read', new Error('busy'));
    const { pending } = clock;
    engine.append('news', 2);
    await settled();
    expect(clock.pending).toBe(pending + 1);
    ann.desk.closed();
    bob.desk.closed();
    await settled();
    expect(clock.pending).toBe(atRest);
    expect(reads()).toHaveLength(1);
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
  });

  it('a repair that sends the last subscriber away ends with it', async () => {
    const channels = (): ChannelOptions => ({ slow: 'disconnect' });
    const { enter, engine, hub, broker } = await startWorld({ channels });
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.bufferedBytes = 1_048_577;
    engine.store('news', 1);
    engine.append('news', 2);
    await settled();
    expect(client.why?.name).toBe('TOO_SLOW');
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    expect(broker.subscribed.size).toBe(0);
  });

  it('a repair that outlives its channel does not touch the next life of it', async () => {
    const { ann, bob, engine, broker, enter, reads } = await followed();
    engine.store('news', 1);
    broker.hold('read');
    engine.append('news', 2);
    await settled();
    broker.hold('unfollow');
    ann.unsubscribe('news');
    bob.unsubscribe('news');
    await settled();
    const cyd = await enter();
    cyd.subscribe('news');
    await settled();
    broker.letGo('unfollow');
    await settled();
    broker.letGo('read');
    await settled();
    engine.append('news', 3);
    await settled();
    expect(cyd.told()).toEqual(['subscribed 2', 'caughtUp 2', 'publication 3']);
    expect(reads()).toHaveLength(1);
  });
});
