import { describe, expect, it } from 'vitest';
import type { WorkerPort } from '../../../../src/client/transports/shared-tabs/index.ts';
import {
  type ServeTabsOptions,
  serveTabs,
  serveTabsDefaults,
  type WorkerScope,
} from '../../../../src/client/transports/shared-tabs/worker.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { Roads, settled } from './peers.ts';
import { Browser } from './world.ts';

function open(options: ServeTabsOptions = {}) {
  const browser = new Browser(new ManualClock());
  const roads = new Roads();
  let connect!: Parameters<WorkerScope['addEventListener']>[1];
  serveTabs(roads, {
    locks: browser.tab('worker').locks,
    randomId: () => 'worker',
    scope: {
      addEventListener(_type, run) {
        connect = run;
      },
    },
    ...options,
  });
  const tabNamed = (name: string) => {
    const tab = browser.tab(name);
    const heard: string[] = [];
    let say!: (event: { readonly data: unknown }) => void;
    const port: WorkerPort = {
      postMessage(message) {
        const { type, road, from } = message as Record<string, unknown>;
        heard.push([type, road, 'of', from].join(' '));
      },
      addEventListener(_type, run) {
        say = run;
      },
      start: () => undefined,
      close: () => heard.push('port closed'),
    };
    void tab.locks.request(`tautline-tab:${name}`, {}, () => new Promise(() => undefined));
    connect({ ports: [port] });
    return {
      tab,
      heard,
      say: async (type: string, more: object, from = name) => {
        say({ data: { v: 1, from, type, ...more } });
        await settled();
      },
    };
  };
  return { roads, tabNamed };
}

const join = { url: 'ws://server/', user: 'ada' };
const wish = { road: 1, subprotocols: ['x'] };

describe('a worker that holds roads', () => {
  it('answers a tab that has said for whom, and no other', async () => {
    const { roads, tabNamed } = open();
    const [a, b] = [tabNamed('a'), tabNamed('b')];
    await b.say('open', wish);
    await a.say('join', join);
    await a.say('open', wish);
    expect([a.heard, b.heard]).toEqual([['coming 1 of worker'], []]);
    expect(roads.opened).toHaveLength(1);
  });

  it('D7: users, and servers, have a road each; nobody speaks for another', async () => {
    const { roads, tabNamed } = open();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(tabNamed);
    await a!.say('join', join);
    await b!.say('join', { ...join, user: 'bob' });
    await c!.say('join', { ...join, url: 'ws://other/' });
    await d!.say('join', join);
    for (const tab of [a, b, c, d]) {
      await tab!.say('open', wish);
    }
    expect(roads.opened).toHaveLength(3);
    roads.opened[0]!.listener.opened();
    expect(roads.opened[0]!.sent).toEqual(['o1 x', 'o2 x']);
    await b!.say('send', { road: 1, frame: 'in the name of a' }, 'a');
    await d!.say('send', { road: 1, frame: 'in the name of a, too' }, 'a');
    await b!.say('join', join);
    await b!.say('send', { road: 1, frame: 'as another user' });
    expect(roads.opened[0]!.sent).toHaveLength(2);
  });

  it('has 16 roads, and does not answer the tabs of one more, until one is free', async () => {
    expect(serveTabsDefaults.maxRoads).toBe(16);
    const { tabNamed } = open();
    const tabs = Array.from({ length: 17 }, (_, n) => tabNamed(`tab-${n}`));
    for (const [n, tab] of tabs.entries()) {
      await tab.say('join', { ...join, user: `user ${n}` });
      await tab.say('open', wish);
    }
    expect(tabs[15]!.heard).toEqual(['coming 1 of worker']);
    expect(tabs[16]!.heard).toEqual([]);
    await tabs[0]!.say('close', { road: 1, code: 1000, reason: '' });
    await tabs[16]!.say('open', wish);
    expect(tabs[16]!.heard).toEqual(['coming 1 of worker']);
  });

  it('ends the roads of a tab that has gone', async () => {
    const { roads, tabNamed } = open();
    const [a, b] = [tabNamed('a'), tabNamed('b')];
    for (const tab of [a, b]) {
      await tab.say('join', join);
      await tab.say('open', wish);
    }
    roads.opened[0]!.listener.opened();
    a.tab.kill();
    await settled();
    expect(roads.opened[0]!.sent.at(-1)).toBe('c1 1000 the tab has gone');
    expect(a.heard.at(-1)).toBe('port closed');
    expect(b.heard).toEqual(['coming 1 of worker', 'opened 1 of worker']);
  });

  it('where it cannot watch them, it answers nobody', async () => {
    const { tabNamed } = open({
      locks: { request: () => Promise.reject(new Error('SecurityError')) },
    });
    const a = tabNamed('a');
    await a.say('join', join);
    await a.say('open', wish);
    expect(a.heard).toEqual([]);
  });

  it.each(['maxTabs', 'maxWaiting', 'maxRoads'])('%s is above zero', (name) => {
    expect(() => open({ [name]: 0 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
