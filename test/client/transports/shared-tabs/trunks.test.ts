import { describe, expect, it } from 'vitest';
import { Trunks } from '../../../../src/client/transports/shared-tabs/trunks.ts';
import { listening, Roads } from './peers.ts';

function open() {
  const roads = new Roads();
  return { roads, trunks: new Trunks(roads, 'ws://server/') };
}

describe('roads that one holds for all', () => {
  it('are one, however many want it', () => {
    const { roads, trunks } = open();
    for (const tab of ['a', 'b', 'c']) {
      trunks.open(tab, ['x'], listening());
    }
    expect([roads.opened.length, trunks.strands]).toEqual([1, 3]);
  });

  it('who asks beside what it has, such as when the server wants it to move, gets another; when that speaks, all come over', () => {
    const { roads, trunks } = open();
    const [a, b] = [listening(), listening()];
    trunks.open('a', ['x'], a);
    trunks.open('b', ['x'], b);
    roads.opened[0]!.listener.opened();
    trunks.open('a', ['x'], listening());
    expect(roads.opened).toHaveLength(2);
    roads.opened[1]!.listener.opened();
    expect(b.log).toEqual(['opened']);
    roads.opened[1]!.listener.received('m1 welcome');
    expect(b.log).toEqual(['opened', 'better']);
    trunks.open('b', ['x'], listening());
    expect(roads.opened).toHaveLength(2);
    expect(roads.opened[1]!.sent).toEqual(['o1 x']);
  });

  it('one that never speaks moves nobody', () => {
    const { roads, trunks } = open();
    const b = listening();
    trunks.open('b', ['x'], b);
    trunks.open('b', ['x'], listening());
    roads.opened[1]!.listener.opened();
    roads.opened[1]!.listener.received('c1 4004 too many clients');
    expect(b.log).toEqual([]);
  });

  it('one that has ended is followed by another', () => {
    const { roads, trunks } = open();
    trunks.open('a', ['x'], listening());
    roads.opened[0]!.listener.closed({ code: 1006, reason: '' });
    expect(trunks.strands).toBe(0);
    trunks.open('a', ['x'], listening());
    expect(roads.opened).toHaveLength(2);
  });

  it('end together when they must', () => {
    const { roads, trunks } = open();
    const [a, b] = [listening(), listening()];
    trunks.open('a', ['x'], a);
    trunks.open('a', ['x'], b);
    trunks.closeAll({ code: 1012, reason: 'moved' });
    expect([a.log, b.log]).toEqual([['closed 1012 moved'], ['closed 1012 moved']]);
    expect(roads.opened.map(({ closings }) => closings)).toEqual([['1000'], ['1000']]);
  });
});
