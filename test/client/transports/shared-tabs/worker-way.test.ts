import { describe, expect, it } from 'vitest';
import { settle } from '../../../../src/client/transports/shared-tabs/options.ts';
import { Seeker } from '../../../../src/client/transports/shared-tabs/seeker.ts';
import { serveTabs } from '../../../../src/client/transports/shared-tabs/worker.ts';
import { WorkerWay } from '../../../../src/client/transports/shared-tabs/worker-way.ts';
import { advance, ManualClock } from '../../../../src/testing/index.ts';
import { listening, Roads } from './peers.ts';
import { SharedScript } from './worker-world.ts';
import { Browser } from './world.ts';

function open(script?: (life: string) => boolean) {
  const clock = new ManualClock();
  const browser = new Browser(clock);
  const roads = new Roads();
  const shared = new SharedScript(browser, (scope, life) => {
    if (script?.(life.name) !== false) {
      serveTabs(roads, { scope, locks: life.locks, randomId: () => life.name, maxTabs: 2 });
    }
  });
  const told: string[] = [];
  const tabNamed = (name: string) => {
    const tab = browser.tab(name);
    const { locks, page, channel } = tab;
    const way: WorkerWay = new WorkerWay({
      ...settle({ user: 'ada', clock: tab.clock, channel, page, randomId: () => name }),
      locks,
      url: 'ws://server/',
      worker: () => shared.for(tab),
      failed: (seekers) => told.push(`${name} failed with ${seekers.length}`),
      full: () => told.push(`${name} full`),
    });
    const seek = () => {
      const listener = listening();
      const seeker: Seeker = new Seeker(['x'], listener, (one) => way.remove(one));
      way.add(seeker);
      return { listener, seeker };
    };
    return { tab, way, seek };
  };
  return { clock, roads, shared, told, tabNamed, turn: (ms: number) => advance(clock, ms) };
}

describe('a tab whose road is at a worker', () => {
  it('has it, as others have theirs: one road to the server', async () => {
    const { roads, tabNamed, turn } = open();
    const [a, b] = [tabNamed('a').seek(), tabNamed('b').seek()];
    await turn(100);
    expect(roads.opened).toHaveLength(1);
    roads.opened[0]!.listener.opened();
    roads.opened[0]!.listener.received('m2 hello');
    await turn(100);
    expect(a.listener.log).toEqual(['opened']);
    expect(b.listener.log).toEqual(['opened', 'received hello']);
    a.seeker.send('hi');
    await turn(100);
    expect(roads.opened[0]!.sent).toEqual(['o1 x', 'o2 x', 'm1 hi']);
  });

  it('when the worker ends, the road ends, and the next begins a worker', async () => {
    const { roads, tabNamed, turn, shared } = open();
    const a = tabNamed('a');
    const first = a.seek();
    await turn(100);
    roads.opened[0]!.listener.opened();
    await turn(100);
    shared.lives[0]!.kill();
    await turn(100);
    expect(first.listener.log).toEqual(['opened', 'closed 1006 who held the road has gone']);
    a.seek();
    await turn(100);
    expect([shared.lives.length, roads.opened.length]).toEqual([2, 2]);
  });

  it('one that still seeks then seeks at the next by itself', async () => {
    const { roads, tabNamed, turn, shared } = open();
    const { listener } = tabNamed('a').seek();
    await turn(100);
    shared.lives[0]!.kill();
    await turn(100);
    roads.opened[1]!.listener.opened();
    await turn(100);
    expect(listener.log).toEqual(['opened']);
  });

  it('a worker that does not answer in time is given up, and whoever seeks is told', async () => {
    const { told, tabNamed, turn } = open(() => false);
    const { seeker } = tabNamed('a').seek();
    await turn(1_990);
    expect(told).toEqual([]);
    await turn(100);
    expect([told, seeker.isSeeking]).toEqual([['a failed with 1'], true]);
  });

  it('a worker that cannot be made, too', async () => {
    const { told, turn } = open();
    const browser = new Browser(new ManualClock());
    const { locks, clock, page, channel } = browser.tab('a');
    const way = new WorkerWay({
      ...settle({ user: 'ada', clock, channel, page }),
      locks,
      url: 'ws://server/',
      worker: () => {
        throw new Error('SecurityError');
      },
      failed: () => told.push('failed'),
      full: () => undefined,
    });
    way.add(new Seeker(['x'], listening(), () => undefined));
    await turn(0);
    expect(told).toEqual(['failed']);
  });

  it('where the worker has no room for more, it is said', async () => {
    const { told, tabNamed, turn } = open();
    for (const name of ['a', 'b', 'c']) {
      tabNamed(name).seek();
      await turn(100);
    }
    expect(told).toEqual(['c full']);
  });

  it('that uses it no more for a while is gone for the worker, too, and may come back', async () => {
    const { roads, tabNamed, turn } = open();
    const a = tabNamed('a');
    const { seeker } = a.seek();
    await turn(100);
    seeker.close(1000, '');
    await turn(20_000);
    const again = a.seek();
    await turn(100);
    roads.opened.at(-1)!.listener.opened();
    await turn(100);
    expect(again.listener.log).toEqual(['opened']);
  });
});
