import { describe, expect, it } from 'vitest';
import { Carrier } from '../../../../src/client/transports/shared-tabs/carrier.ts';
import type { ToCarrier } from '../../../../src/client/transports/shared-tabs/messages.ts';
import { Trunks } from '../../../../src/client/transports/shared-tabs/trunks.ts';
import { Roads, TestTube } from './peers.ts';

function open(limits: { maxTabs?: number; maxWaiting?: number } = {}) {
  const roads = new Roads();
  const tubes = new Map<string, TestTube>();
  const gone = new Map<string, () => void>();
  const told: string[] = [];
  const carrier = new Carrier(
    'me',
    new Trunks(roads, 'ws://server/'),
    { maxTabs: 64, maxWaiting: 1_000, ...limits },
    {
      tubeTo(tab) {
        const tube = new TestTube();
        tubes.set(tab, tube);
        return tube;
      },
      watch(tab, run) {
        gone.set(tab, run);
        return () => void gone.delete(tab);
      },
      empty: () => told.push('empty'),
    },
  );
  const say = (from: string, type: string, road: number, more: object = {}): void =>
    carrier.received({ v: 1, from, type, road, ...more } as ToCarrier);
  const wants = (from: string, road = 1): void => say(from, 'open', road, { subprotocols: ['x'] });
  return { roads, tubes, gone, told, say, wants, said: (tab: string) => tubes.get(tab)!.said };
}

describe('who holds the road', () => {
  it('says at once that it comes, then that it is there, and carries frames both ways', () => {
    const { roads, wants, say, said, tubes } = open();
    wants('a');
    expect(said('a')).toEqual(['coming 1']);
    const { listener, sent } = roads.opened[0]!;
    listener.opened();
    say('a', 'send', 1, { frame: 'hello' });
    listener.received('m1 welcome');
    expect(sent).toEqual(['o1 x', 'm1 hello']);
    expect(said('a')).toEqual(['coming 1', 'opened 1', 'heard 1 welcome']);
    expect(tubes.get('a')!.posted[0]).toEqual({ v: 1, from: 'me', type: 'coming', road: 1 });
  });

  it('tells each tab what is its own', () => {
    const { roads, wants, said } = open();
    wants('a');
    wants('b');
    const { listener } = roads.opened[0]!;
    listener.opened();
    listener.received('m2 for b');
    listener.received('c1 4003 bye');
    expect(said('b')).toEqual(['coming 1', 'opened 1', 'heard 1 for b']);
    expect(said('a')).toEqual(['coming 1', 'opened 1', 'closed 1 4003 bye']);
  });

  it('one that asks again for the same hears again that it comes, and has one road', () => {
    const { roads, wants, said } = open();
    wants('a');
    wants('a');
    roads.opened[0]!.listener.opened();
    expect(said('a')).toEqual(['coming 1', 'coming 1', 'opened 1']);
    expect(roads.opened[0]!.sent).toEqual(['o1 x']);
  });

  it('of messages about roads that are not there nothing comes', () => {
    const { say, wants, roads } = open();
    say('a', 'send', 1, { frame: 'x' });
    wants('a');
    say('a', 'close', 2, { code: 1000, reason: '' });
    roads.opened[0]!.listener.opened();
    expect(roads.opened[0]!.sent).toEqual(['o1 x']);
  });

  it('has room for as many as it may, and the next is told so', () => {
    const { wants, said, tubes } = open({ maxTabs: 2 });
    wants('a');
    wants('b');
    wants('c');
    expect(said('c')).toEqual(['full 1']);
    expect(tubes.get('c')!.isClosed).toBe(true);
  });

  it('a tab has four roads at the most', () => {
    const { wants, said } = open();
    for (let road = 1; road <= 5; road += 1) {
      wants('a', road);
    }
    expect(said('a')).toEqual(['coming 1', 'coming 2', 'coming 3', 'coming 4', 'full 5']);
  });

  it('a tab that does not take what it gets is let go at the limit, and nobody else is', () => {
    const { roads, wants, said } = open();
    wants('a');
    wants('b');
    const { listener, sent } = roads.opened[0]!;
    listener.opened();
    listener.received(`m1 ${'x'.repeat(1_000)}`);
    expect(said('a').at(-1)).toMatch(/^heard/);
    listener.received('m1 x');
    expect(said('a').at(-1)).toBe('closed 1 4001 this tab does not take what it gets');
    expect(sent.at(-1)).toMatch(/^c1 1000 /);
    listener.received('m2 on');
    expect(said('b').at(-1)).toBe('heard 1 on');
  });

  it('one that says what it took goes on', () => {
    const { roads, wants, say, said } = open();
    wants('a');
    const { listener } = roads.opened[0]!;
    listener.opened();
    for (let times = 0; times < 5; times += 1) {
      listener.received(`m1 ${'x'.repeat(1_000)}`);
      say('a', 'took', 1, { length: 1_000 });
    }
    expect(said('a').filter((what) => what.startsWith('closed'))).toEqual([]);
  });

  it('says what it took, too', () => {
    const { roads, wants, say, said } = open();
    wants('a');
    roads.opened[0]!.listener.opened();
    say('a', 'send', 1, { frame: 'x'.repeat(65_535) });
    say('a', 'send', 1, { frame: 'x' });
    expect(said('a').at(-1)).toBe('taken 1 65536');
  });

  it('when a tab has gone, its strands end, and it is forgotten', () => {
    const { roads, wants, gone, tubes, told } = open();
    wants('a');
    roads.opened[0]!.listener.opened();
    gone.get('a')!();
    expect(roads.opened[0]!.sent.at(-1)).toBe('c1 1000 the tab has gone');
    expect([tubes.get('a')!.isClosed, gone.has('a'), told]).toEqual([true, false, ['empty']]);
  });
});
