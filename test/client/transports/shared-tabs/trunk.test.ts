import { describe, expect, it } from 'vitest';
import { Trunk } from '../../../../src/client/transports/shared-tabs/trunk.ts';
import { listening, Roads, settled } from './peers.ts';

function open() {
  const roads = new Roads();
  const told: string[] = [];
  const trunk = new Trunk(roads, 'ws://server/', {
    spoken: () => told.push('spoken'),
    over: () => told.push('over'),
  });
  return { trunk, told, road: roads.opened[0]! };
}

describe('a trunk', () => {
  it('asks for tautline.tabs.v1, and begins its strands when it is open', () => {
    const { trunk, road } = open();
    const [one, two] = [listening(), listening()];
    trunk.open('a', ['x', 'y'], one);
    trunk.open('b', ['x'], two);
    expect([road.subprotocols, road.sent]).toEqual([['tautline.tabs.v1'], []]);
    road.listener.opened();
    expect(road.sent).toEqual(['o1 x y', 'o2 x']);
    expect([one.log, two.log]).toEqual([['opened'], ['opened']]);
  });

  it('a strand of one that is open is told so when it has its road, and not before', async () => {
    const { trunk, road } = open();
    trunk.open('a', ['x'], listening());
    road.listener.opened();
    const two = listening();
    trunk.open('b', ['x'], two);
    expect(two.log).toEqual([]);
    await settled();
    expect([two.log, road.sent.at(-1)]).toEqual([['opened'], 'o2 x']);
  });

  it('carries text and bytes, each to whom it is for', () => {
    const { trunk, road, told } = open();
    const [one, two] = [listening(), listening()];
    const roadOfOne = trunk.open('a', ['x'], one);
    trunk.open('b', ['x'], two);
    roadOfOne.send('too early');
    road.listener.opened();
    roadOfOne.send('hi');
    roadOfOne.send(Uint8Array.of(7));
    expect(road.sent.slice(2)).toEqual(['m1 hi', Uint8Array.of(0, 0, 0, 1, 7)]);
    road.listener.received('m2 ho');
    road.listener.received(Uint8Array.of(0, 0, 0, 2, 1, 2));
    road.listener.received('m9 for one that has gone');
    expect(two.log).toEqual(['opened', 'received ho', 'received 1,2']);
    expect(one.log).toEqual(['opened']);
    expect(told).toEqual(['spoken']);
  });

  it('the server ends a strand alone, the client too, and the last one ends the trunk', () => {
    const { trunk, road, told } = open();
    const [one, two] = [listening(), listening()];
    trunk.open('a', ['x'], one);
    const roadOfTwo = trunk.open('b', ['x'], two);
    road.listener.opened();
    road.listener.received('c1 4003 elsewhere');
    expect(one.log).toEqual(['opened', 'closed 4003 elsewhere']);
    expect(road.closings).toEqual([]);
    roadOfTwo.close(1000, 'bye');
    roadOfTwo.close(1000, 'bye');
    expect(road.sent.slice(2)).toEqual(['c2 1000 bye']);
    expect([two.log, road.closings, told]).toEqual([['opened'], ['1000'], ['over']]);
  });

  it('its end is the end of all', () => {
    const { trunk, road, told } = open();
    const [one, two] = [listening(), listening()];
    trunk.open('a', ['x'], one);
    trunk.open('b', ['x'], two);
    road.listener.closed({ code: 1006, reason: 'no network' });
    expect([one.log, two.log, told]).toEqual([
      ['closed 1006 no network'],
      ['closed 1006 no network'],
      ['over'],
    ]);
    expect(trunk.isGoodFor('c')).toBe(false);
  });

  it.each(['hello', 'o3 x', Uint8Array.of(1)])('what is no frame ends it: %j', (frame) => {
    const { trunk, road } = open();
    const one = listening();
    trunk.open('a', ['x'], one);
    road.listener.opened();
    road.listener.received(frame);
    road.listener.received('m1 more');
    expect(one.log).toEqual(['opened', expect.stringMatching(/^closed 1006 ./)]);
    expect(road.closings).toEqual(['4501']);
  });

  it('is good for every tab but one that has a strand of it', () => {
    const { trunk } = open();
    const road = trunk.open('a', ['x'], listening());
    trunk.open('b', ['x'], listening());
    expect([trunk.isGoodFor('a'), trunk.isGoodFor('c')]).toEqual([false, true]);
    road.close(1000, '');
    expect(trunk.isGoodFor('a')).toBe(true);
  });

  it('is good for nobody when a client has waited on it in vain', () => {
    const { trunk } = open();
    const road = trunk.open('a', ['x'], listening());
    trunk.open('b', ['x'], listening());
    road.close(3008, 'CONNECTION_LOST');
    expect(trunk.isGoodFor('c')).toBe(false);
  });

  it('that has found a better way says so to all', () => {
    const { trunk, road } = open();
    const [one, two] = [listening(), listening()];
    trunk.open('a', ['x'], one);
    trunk.open('b', ['x'], two);
    road.listener.better?.();
    expect([one.log, two.log]).toEqual([['better'], ['better']]);
  });
});
