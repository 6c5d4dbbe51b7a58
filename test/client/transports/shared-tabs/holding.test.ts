import { describe, expect, it } from 'vitest';
import { Holding } from '../../../../src/client/transports/shared-tabs/holding.ts';
import { Seeker } from '../../../../src/client/transports/shared-tabs/seeker.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { listening, Roads, TestTube } from './peers.ts';

function open() {
  const clock = new ManualClock();
  const roads = new Roads();
  const tube = new TestTube();
  const holding = new Holding(
    'me',
    { inner: roads, url: 'ws://server/', clock, lingerMs: 10_000, maxTabs: 2, maxWaiting: 100 },
    { tubeTo: () => tube, watch: () => () => undefined, empty: () => undefined },
  );
  const listener = listening();
  const seeker = new Seeker(['x'], listener, () => undefined);
  const wants = (road: number): void =>
    holding.received({ v: 1, from: 'b', type: 'open', road, subprotocols: ['x'] });
  return { clock, roads, tube, holding, seeker, listener, wants };
}

describe('the hold of the road', () => {
  it('gives roads to this tab and to others, until it is full', () => {
    const { holding, seeker, roads, tube, wants } = open();
    holding.take();
    holding.place(seeker);
    expect(holding.isFull).toBe(false);
    wants(1);
    expect([holding.isFull, roads.opened.length, tube.said]).toEqual([true, 1, ['coming 1']]);
  });

  it('given away, it takes nobody new, and carries those who are there for 10 s', () => {
    const { holding, seeker, roads, tube, wants, listener, clock } = open();
    holding.take();
    holding.place(seeker);
    wants(1);
    roads.opened[0]!.listener.opened();
    let isOver = false;
    holding.give(() => {
      isOver = true;
    });
    wants(2);
    holding.received({ v: 1, from: 'b', type: 'send', road: 1, frame: 'on' });
    expect(roads.opened[0]!.sent.at(-1)).toBe('m2 on');
    clock.advance(9_999);
    expect([isOver, listener.log]).toEqual([false, ['opened']]);
    clock.advance(1);
    expect([isOver, listener.log.at(-1)]).toEqual([
      true,
      'closed 1012 another tab holds the road now',
    ]);
    expect(tube.said.at(-1)).toBe('closed 1 1012 another tab holds the road now');
  });

  it('taken again within that time, it goes on', () => {
    const { holding, seeker, roads, listener, clock } = open();
    holding.take();
    holding.place(seeker);
    roads.opened[0]!.listener.opened();
    holding.give();
    holding.take();
    clock.advance(60_000);
    expect([listener.log, holding.isHeld]).toEqual([['opened'], true]);
  });

  it('ends at once when nobody is on it', () => {
    const { holding } = open();
    let isOver = false;
    holding.take();
    holding.give(() => {
      isOver = true;
    });
    expect(isOver).toBe(true);
  });
});
