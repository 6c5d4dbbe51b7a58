import { describe, expect, it } from 'vitest';
import { Seeker } from '../../../../src/client/transports/shared-tabs/seeker.ts';
import { listening, Roads } from './peers.ts';

function open() {
  const roads = new Roads();
  const listener = listening();
  const told: string[] = [];
  const seeker = new Seeker(['x'], listener, () => told.push('over'));
  const take = (at: string): void =>
    seeker.take(at, (one) => roads.open('ws://server/', seeker.subprotocols, one));
  return { roads, listener, told, seeker, take };
}

describe('a road that is sought', () => {
  it('is what was found', () => {
    const { roads, listener, seeker, take } = open();
    take('here');
    seeker.send('too early');
    const [road] = roads.opened;
    road!.listener.opened();
    seeker.send('hello');
    road!.listener.received('welcome');
    road!.listener.better?.();
    seeker.close(1000, 'bye');
    road!.listener.closed({ code: 1000, reason: '' });
    expect(listener.log).toEqual(['opened', 'received welcome', 'better']);
    expect([road!.sent, road!.closings]).toEqual([['hello'], ['1000 bye']]);
  });

  it('whoever was asked first is let go, and tells nothing any more', () => {
    const { roads, listener, take, seeker } = open();
    take('there');
    take('here');
    const [first, second] = roads.opened;
    expect([first!.closings, seeker.at]).toEqual([['1000'], 'here']);
    first!.listener.opened();
    first!.listener.received('late');
    first!.listener.closed({ code: 1006, reason: '' });
    expect(listener.log).toEqual([]);
    second!.listener.opened();
    expect(listener.log).toEqual(['opened']);
  });

  it('ends once, and says so', () => {
    const { roads, listener, take, told, seeker } = open();
    take('here');
    roads.opened[0]!.listener.closed({ code: 1006, reason: 'no network' });
    seeker.lost({ code: 1006, reason: '' });
    seeker.close(1000, '');
    expect([listener.log, told]).toEqual([['closed 1006 no network'], ['over']]);
  });

  it('is not told of a better one before it is open', () => {
    const { listener, take, seeker, roads } = open();
    take('here');
    seeker.better();
    roads.opened[0]!.listener.opened();
    seeker.better();
    expect(listener.log).toEqual(['opened', 'better']);
  });

  it('of a client that cannot move while it is connected ends, so that it comes back', () => {
    const log: string[] = [];
    const seeker = new Seeker(
      ['x'],
      {
        opened: () => log.push('opened'),
        received: () => undefined,
        closed: ({ code }) => log.push(`closed ${code}`),
      },
      () => undefined,
    );
    const roads = new Roads();
    seeker.take('here', (one) => roads.open('ws://server/', [], one));
    roads.opened[0]!.listener.opened();
    seeker.better();
    expect([log, roads.opened[0]!.closings]).toEqual([['opened', 'closed 1012'], ['1000']]);
  });
});
