import { describe, expect, it } from 'vitest';
import type { ToTab } from '../../../../src/client/transports/shared-tabs/messages.ts';
import { RemoteRoad } from '../../../../src/client/transports/shared-tabs/remote-road.ts';
import { listening, TestTube } from './peers.ts';

function open(maxWaiting = 100) {
  const tube = new TestTube();
  const listener = listening();
  const told: string[] = [];
  const road = new RemoteRoad({ id: 'me', number: 3, maxWaiting }, tube, listener, () =>
    told.push('over'),
  );
  const hear = (type: string, more: object = {}): void =>
    road.received({ v: 1, from: 'leader', type, road: 3, ...more } as Parameters<
      typeof road.received
    >[0] &
      ToTab);
  return { tube, listener, road, told, hear };
}

describe('a road that another tab holds', () => {
  it('is asked for under a number, and says what it is told', () => {
    const { road, tube, listener, hear } = open();
    road.ask(['x']);
    hear('coming');
    expect(road.isAnswered).toBe(true);
    hear('opened');
    hear('heard', { frame: 'welcome' });
    hear('better');
    road.send('hello');
    expect(listener.log).toEqual(['opened', 'received welcome', 'better']);
    expect(tube.posted).toEqual([
      { v: 1, from: 'me', type: 'open', road: 3, subprotocols: ['x'] },
      { v: 1, from: 'me', type: 'send', road: 3, frame: 'hello' },
    ]);
  });

  it('ends once: as it is told', () => {
    const { road, listener, told, hear, tube } = open();
    hear('closed', { code: 4000, reason: 'stopping' });
    hear('closed', { code: 4000, reason: 'stopping' });
    road.lost({ code: 1006, reason: '' });
    road.send('late');
    road.close(1000, '');
    expect([listener.log, told, tube.posted]).toEqual([['closed 4000 stopping'], ['over'], []]);
  });

  it('or as its client wants, who then hears nothing more', () => {
    const { road, listener, told, hear, tube } = open();
    road.close(1000, 'bye');
    hear('closed', { code: 1006, reason: '' });
    expect([listener.log, told, tube.said]).toEqual([[], ['over'], ['close 1000 bye 3']]);
  });

  it('is given up when nothing is taken, beyond the limit', () => {
    const { road, listener, tube, hear } = open();
    road.send('x'.repeat(100));
    hear('taken', { length: 50 });
    road.send('x'.repeat(50));
    expect(listener.log).toEqual([]);
    road.send('x');
    expect(listener.log).toEqual(['closed 1006 the tab that holds the road takes nothing']);
    expect(tube.said.at(-1)).toBe('close 1000  3');
  });

  it('says what it took', () => {
    const { hear, tube } = open();
    hear('heard', { frame: 'x'.repeat(65_536) });
    expect(tube.said).toEqual(['took 65536 3']);
  });
});
