import { describe, expect, it } from 'vitest';
import { Circle } from '../../../../src/client/transports/shared-tabs/circle.ts';
import {
  type SharedTabsOptions,
  settle,
} from '../../../../src/client/transports/shared-tabs/options.ts';
import { Seeker } from '../../../../src/client/transports/shared-tabs/seeker.ts';
import { advance, ManualClock } from '../../../../src/testing/index.ts';
import { listening, Roads } from './peers.ts';
import { Browser } from './world.ts';

function open() {
  const clock = new ManualClock();
  const browser = new Browser(clock);
  const told: string[] = [];
  const tabNamed = (name: string, options: Partial<SharedTabsOptions> = {}) => {
    const tab = browser.tab(name);
    const roads = new Roads();
    const { locks, page, channel } = tab;
    const circle: Circle = new Circle({
      ...settle({
        user: 'ada',
        clock: tab.clock,
        channel,
        page,
        randomId: () => name,
        ...options,
      }),
      locks,
      inner: roads,
      url: 'ws://server/',
      left: () => told.push(`${name} left`),
    });
    const seek = () => {
      const listener = listening();
      const seeker: Seeker = new Seeker(['x'], listener, (one) => circle.remove(one));
      circle.add(seeker);
      return { listener, seeker, log: listener.log };
    };
    return { tab, roads, circle, seek };
  };
  const leader = (): string | undefined => browser.holder(/^tautline-tabs:/);
  return { clock, browser, told, tabNamed, leader, turn: (ms: number) => advance(clock, ms) };
}

describe('a circle of tabs', () => {
  it('its first tab holds the road, and the next reaches it there', async () => {
    const { tabNamed, turn, leader } = open();
    const [a, b] = [tabNamed('a'), tabNamed('b')];
    const [one, two] = [a.seek(), b.seek()];
    await turn(100);
    expect([leader(), a.roads.opened.length, b.roads.opened.length]).toEqual(['a', 1, 0]);
    a.roads.opened[0]!.listener.opened();
    a.roads.opened[0]!.listener.received('m2 hello');
    await turn(100);
    expect([one.log, two.log]).toEqual([['opened'], ['opened', 'received hello']]);
  });

  it('a holder that stood still from the first does not keep the others: after 2 s another is it', async () => {
    const { tabNamed, turn, leader } = open();
    const a = tabNamed('a');
    a.seek();
    await turn(100);
    a.tab.freeze();
    const b = tabNamed('b');
    b.seek();
    await turn(1_900);
    expect(leader()).toBe('a');
    await turn(200);
    expect([leader(), b.roads.opened.length]).toEqual(['b', 1]);
  });

  it('a tab that stood still itself does not take the place of one that answers', async () => {
    const { tabNamed, turn, leader } = open();
    tabNamed('a').seek();
    await turn(100);
    const b = tabNamed('b');
    b.seek();
    b.tab.freeze();
    await turn(60_000);
    b.tab.thaw();
    await turn(10_000);
    expect(leader()).toBe('a');
  });

  it('who seeks at a tab that dies finds its road at the next', async () => {
    const { tabNamed, turn } = open();
    const [a, b, c] = [tabNamed('a'), tabNamed('b'), tabNamed('c')];
    a.seek();
    const two = b.seek();
    const three = c.seek();
    await turn(100);
    a.tab.kill();
    await turn(100);
    b.roads.opened[0]!.listener.opened();
    await turn(100);
    expect([two.log, three.log]).toEqual([['opened'], ['opened']]);
  });

  it('two who are seen take the place of one who is not: one of them has it in the end', async () => {
    const { tabNamed, turn, leader } = open();
    const [a, b, c] = [tabNamed('a'), tabNamed('b'), tabNamed('c')];
    const logs = [a, b, c].map((tab) => tab.seek().log);
    await turn(100);
    a.roads.opened[0]!.listener.opened();
    await turn(100);
    a.tab.see(false);
    await turn(6_000);
    expect(['b', 'c']).toContain(leader());
    const held = leader();
    await turn(8_000);
    expect(leader()).toBe(held);
    expect(logs.map((log) => log.includes('better'))).toEqual([true, true, true]);
  });

  it('when nobody is seen, it stays as it is', async () => {
    const { tabNamed, turn, leader } = open();
    const [a, b] = [tabNamed('a'), tabNamed('b')];
    a.seek();
    b.seek();
    a.tab.see(false);
    b.tab.see(false);
    await turn(60_000);
    expect(leader()).toBe('a');
  });

  it('the holder itself goes alone when the road is full', async () => {
    const { tabNamed, turn } = open();
    const a = tabNamed('a', { maxTabs: 1 });
    a.seek();
    a.seek();
    await turn(100);
    expect(a.roads.opened.map(({ subprotocols }) => subprotocols)).toEqual([
      ['tautline.tabs.v1'],
      ['x'],
    ]);
  });

  it('whose road has moved has 10 s to follow: then what is left ends', async () => {
    const { tabNamed, turn } = open();
    const [a, b] = [tabNamed('a'), tabNamed('b')];
    const { log } = a.seek();
    b.seek();
    await turn(100);
    a.roads.opened[0]!.listener.opened();
    await turn(100);
    a.tab.see(false);
    await turn(14_900);
    expect([...new Set(log)]).toEqual(['opened', 'better']);
    await turn(200);
    expect(log.at(-1)).toBe('closed 1012 another tab holds the road now');
    expect(a.roads.opened[0]!.closings).toEqual(['1000']);
  });

  it('a tab that has had no road for 10 s leaves it, and leaves nothing behind', async () => {
    const { tabNamed, turn, browser, told, leader, clock } = open();
    const { seek } = tabNamed('a');
    const { seeker } = seek();
    await turn(100);
    seeker.close(1000, '');
    await turn(9_900);
    expect(leader()).toBe('a');
    await turn(200);
    expect(told).toEqual(['a left']);
    expect([leader(), browser.holder(/./), browser.channels.size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    expect(clock.pending).toBe(0);
  });

  it('one that has another within that time stays', async () => {
    const { tabNamed, turn, told } = open();
    const { seek } = tabNamed('a');
    seek().seeker.close(1000, '');
    await turn(9_000);
    seek();
    await turn(60_000);
    expect(told).toEqual([]);
  });

  it('where locks are refused each road is its own, those to come, too', async () => {
    const { tabNamed, turn, browser } = open();
    browser.ask = (asked) => asked.reject(new Error('SecurityError'));
    const { seek, roads } = tabNamed('a');
    seek();
    await turn(100);
    seek();
    expect(roads.opened.map(({ subprotocols }) => subprotocols)).toEqual([['x'], ['x']]);
  });
});
