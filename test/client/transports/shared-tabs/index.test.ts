import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../../src/brokers/memory.ts';
import { type Client, createClient } from '../../../../src/client/index.ts';
import {
  type SharedTabsOptions,
  sharedTabs,
} from '../../../../src/client/transports/shared-tabs/index.ts';
import type { ClientTransport } from '../../../../src/client/transports/transport.ts';
import { native } from '../../../../src/gateways/native.ts';
import { tabs } from '../../../../src/gateways/tabs.ts';
import { createHub, type Hub } from '../../../../src/hub/index.ts';
import {
  advance,
  ManualClock,
  type MemoryNetwork,
  memoryNetwork,
  seededRandom,
} from '../../../../src/testing/index.ts';
import { Browser, type Tab } from './world.ts';

const seeds = Array.from({ length: 12 }, (_, n) => n + 1);
const lockOfRoad = /^tautline-tabs:/;

/** One browser, one hub, and a network between them. */
class World {
  readonly clock = new ManualClock();
  readonly random = seededRandom(7);
  readonly browser = new Browser(this.clock);
  readonly network: MemoryNetwork = memoryNetwork({
    clock: this.clock,
    random: this.random,
    delayMs: 20,
  });
  hub!: Hub;
  private said = 0;
  private names = 0;

  async start(): Promise<this> {
    this.hub = createHub({
      broker: memoryStore({ nowMs: () => this.clock.nowMs() }).node(),
      clock: this.clock,
      policy: { connect: ({ token }) => token, subscribe: () => true, publish: () => true },
    });
    const starting = this.hub.start();
    await this.advance(0);
    await starting;
    const spoken = [native()];
    this.network.serve(this.hub, {
      gateways: [...spoken, tabs({ gateways: spoken, clock: this.clock })],
    });
    return this;
  }

  advance(ms: number): Promise<void> {
    return advance(this.clock, ms);
  }

  open(name: string, user = 'ada', options: Partial<SharedTabsOptions> = {}) {
    const tab = this.browser.tab(name);
    const inner = inTab(tab, this.network.transport(name));
    const heard: unknown[] = [];
    const client: Client = createClient('ws://server/', {
      token: user,
      clock: tab.clock,
      random: this.random,
      transport: sharedTabs(inner, { ...this.platform(tab, user), ...options }),
    });
    const room = client.subscribe('room');
    room.on('publication', ({ data }) => heard.push(data));
    room.on('gap', ({ reason }) => heard.push(`gap: ${reason}`));
    return { tab, client, room, heard, name };
  }

  async openAll(...names: string[]) {
    const opened = [];
    for (const name of names) {
      opened.push(this.open(name));
      await this.advance(1_000);
    }
    return opened;
  }

  platform(tab: Tab, user: string): SharedTabsOptions {
    const { clock, locks, channel, page } = tab;
    const randomId = (): string => {
      this.names += 1;
      return `${tab.name}-${this.names}`;
    };
    return { user, clock, locks, channel, page, randomId };
  }

  /** What the server says while time goes on. */
  async say(many: number, everyMs = 50): Promise<void> {
    for (let n = 0; n < many; n += 1) {
      this.said += 1;
      void this.hub.publish('room', this.said);
      await this.advance(everyMs);
    }
  }

  get all(): number[] {
    return Array.from({ length: this.said }, (_, n) => n + 1);
  }

  get connections(): number {
    return this.network.roads().length;
  }

  get leader(): string | undefined {
    return this.browser.holder(lockOfRoad);
  }

  kill(one: { readonly tab: Tab; readonly name: string }): void {
    one.tab.kill();
    this.network.cut(one.name);
  }
}

let world: World;
const start = async (): Promise<World> => {
  world = await new World().start();
  return world;
};

describe('tabs that share a road', () => {
  it('five of them have one connection, and each hears all of it, once and in order', async () => {
    const { browser } = await start();
    const five = await world.openAll('a', 'b', 'c', 'd', 'e');
    await world.say(20);
    expect(world.connections).toBe(1);
    for (const { heard, client } of five) {
      expect(heard).toEqual(world.all);
      expect(client.status).toBe('connected');
    }
    expect(browser.posted).toBeGreaterThan(0);
  });

  it('that come at once agree on one, too', async () => {
    await start();
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => world.open(name));
    await world.advance(3_000);
    await world.say(3);
    expect(world.connections).toBe(1);
    expect(five.map(({ heard }) => heard)).toEqual(five.map(() => world.all));
  });

  it('each has a session of its own: its own channels, and its own publications', async () => {
    await start();
    const [a, b] = await world.openAll('a', 'b');
    void b!.room.publish('from b');
    void a!.room.publish('from a');
    a!.room.unsubscribe();
    await world.advance(1_000);
    expect(a!.heard).toEqual([]);
    expect(new Set(b!.heard)).toEqual(new Set(['from a', 'from b']));
    expect(b!.heard).toHaveLength(2);
    expect(world.hub.view().sessions).toBe(2);
  });

  it('D7: tabs of two users never share: two connections, and each is who it says', async () => {
    await start();
    const users = ['ada', 'bob', 'ada', 'bob'];
    const four = users.map((user, at) => world.open(`${user}-${at}`, user));
    await world.advance(3_000);
    for (const { room } of four) {
      void room.publish('who am I?');
    }
    const by: unknown[] = [];
    four[0]!.room.on('publication', (one) => by.push(one.by));
    await world.advance(1_000);
    expect(by.filter((user) => user === 'ada')).toHaveLength(2);
    expect(by.filter((user) => user === 'bob')).toHaveLength(2);
    expect(world.connections).toBe(2);
  });

  it('as many as there is room for: one more has a connection of its own', async () => {
    await start();
    const three = ['a', 'b', 'c'].map((name) => world.open(name, 'ada', { maxTabs: 2 }));
    await world.advance(5_000);
    await world.say(3);
    expect(world.connections).toBe(2);
    expect(three.map(({ heard }) => heard)).toEqual(three.map(() => world.all));
  });

  it('without locks each has its own', async () => {
    await start();
    world.open('a', 'ada', { locks: false });
    world.open('b', 'ada', { locks: false });
    await world.advance(1_000);
    expect(world.connections).toBe(2);
  });

  it('where locks are refused, each has its own', async () => {
    await start();
    const locks = { request: () => Promise.reject(new Error('SecurityError')) };
    const two = ['a', 'b'].map((name) => world.open(name, 'ada', { locks }));
    await world.advance(1_000);
    await world.say(2);
    expect(world.connections).toBe(2);
    expect(two.map(({ heard }) => heard)).toEqual([world.all, world.all]);
  });

  it('a tab that closes its client ends its own session, and leaves the others as they are', async () => {
    await start();
    const [a, b] = await world.openAll('a', 'b');
    b!.client.close();
    await world.say(5);
    expect([a!.heard, world.connections]).toEqual([world.all, 1]);
    a!.client.close();
    await world.advance(1_000);
    expect(world.connections).toBe(0);
  });
});

describe('the tab that holds the road', () => {
  it('when it is closed or dies, another holds it: nobody misses anything, nobody hears anything twice', async () => {
    await start();
    const five = await world.openAll('a', 'b', 'c', 'd', 'e');
    await world.say(10);
    expect(world.leader).toBe('a');
    world.kill(five[0]!);
    await world.say(20);
    expect(world.leader).toBe('b');
    world.kill(five[1]!);
    await world.say(60);
    for (const { heard } of five.slice(2)) {
      expect(heard).toEqual(world.all);
    }
    expect(world.connections).toBe(1);
  });

  it('a publication that was under way when it died is in the log, once', async () => {
    await start();
    const [a, b, c] = await world.openAll('a', 'b', 'c');
    for (let n = 0; n < 20; n += 1) {
      void b!.room.publish(`b ${n}`);
      if (n === 9) {
        world.kill(a!);
      }
      await world.advance(10);
    }
    await world.advance(5_000);
    expect(c!.heard).toEqual(Array.from({ length: 20 }, (_, n) => `b ${n}`));
  });

  it('when it stands still, another takes its place, and it comes back as one of the others', async () => {
    await start();
    const [a, b, c] = await world.openAll('a', 'b', 'c');
    await world.say(5);
    a!.tab.freeze();
    await world.say(100, 500);
    expect(world.leader).not.toBe('a');
    expect([b!.heard, c!.heard]).toEqual([world.all, world.all]);
    a!.tab.thaw();
    await world.say(60, 500);
    expect(a!.heard).toEqual(world.all);
    expect(world.connections).toBe(1);
  });

  it('when it is not seen, and another is, that one holds the road: nobody is without a connection meanwhile', async () => {
    await start();
    const [a, b, c] = await world.openAll('a', 'b', 'c');
    b!.tab.see(false);
    a!.tab.see(false);
    const statuses: string[] = [];
    for (const { client } of [a!, b!, c!]) {
      client.on('status', ({ status }) => statuses.push(status));
    }
    await world.say(90);
    expect(world.leader).toBe('a');
    await world.say(40);
    expect(world.leader).toBe('c');
    await world.say(100);
    expect([a!.heard, b!.heard, c!.heard]).toEqual([world.all, world.all, world.all]);
    expect(statuses).toEqual([]);
    expect(world.connections).toBe(1);
  });

  it('that is not seen for a moment keeps it', async () => {
    await start();
    const [a] = await world.openAll('a', 'b');
    a!.tab.see(false);
    await world.advance(4_000);
    a!.tab.see(true);
    await world.advance(10_000);
    expect(world.leader).toBe('a');
  });

  it('when its client is closed it gives the road away, and the others move without a break', async () => {
    await start();
    const [a, b, c] = await world.openAll('a', 'b', 'c');
    const statuses: string[] = [];
    for (const { client } of [b!, c!]) {
      client.on('status', ({ status }) => statuses.push(status));
    }
    a!.client.close();
    await world.say(30, 1_000);
    expect(world.leader).toBe('b');
    expect([b!.heard, c!.heard]).toEqual([world.all, world.all]);
    expect([statuses, world.connections]).toEqual([[], 1]);
  });
});

describe('the road', () => {
  it('when it breaks, all come back, on one', async () => {
    await start();
    const three = await world.openAll('a', 'b', 'c');
    await world.say(5);
    world.network.cut('a');
    await world.say(50);
    expect(three.map(({ heard }) => heard)).toEqual(three.map(() => world.all));
    expect(world.connections).toBe(1);
  });

  it('when it carries nothing any more, all find out by their own heartbeats, and come back, on one', async () => {
    await start();
    const three = await world.openAll('a', 'b', 'c');
    world.network.partition(['a'], ['server']);
    await world.say(60, 1_000);
    world.network.heal();
    await world.say(60, 1_000);
    expect(three.map(({ heard }) => heard)).toEqual(three.map(() => world.all));
    expect(world.connections).toBe(1);
  });

  it('when the server asks them to move, and no other lets them in, they stay as long as they may', async () => {
    await start();
    const three = await world.openAll('a', 'b', 'c');
    void world.hub.drain({ withinMs: 20_000 });
    await world.say(100, 100);
    expect(three.map(({ client }) => client.status)).toEqual(three.map(() => 'connected'));
    expect(three.map(({ heard }) => heard)).toEqual(three.map(() => world.all));
  });
});

describe('whatever becomes of tabs', { timeout: 30_000 }, () => {
  it.each(seeds)(
    'who is left hears all of it, once and in order, by one connection: seed %i',
    async (seed) => {
      await start();
      const chance = seededRandom(seed);
      const below = (end: number): number => Math.floor(chance() * end);
      const tabs = await world.openAll('tab-1', 'tab-2', 'tab-3');
      let names = 3;
      const open = (): void => {
        names += 1;
        tabs.push(world.open(`tab-${names}`));
      };
      for (let step = 0; step < 30; step += 1) {
        const one = tabs[below(tabs.length)]!;
        const what = below(7);
        if (what === 0 && tabs.length > 1) {
          world.kill(one);
          tabs.splice(tabs.indexOf(one), 1);
        } else if (what === 1 && tabs.length < 6) {
          open();
        } else if (what === 2) {
          one.tab.freeze();
        } else if (what === 3) {
          one.tab.thaw();
        } else if (what === 4) {
          one.tab.see(chance() < 0.5);
        } else if (what === 5) {
          world.network.cut(one.name);
        }
        await world.say(1 + below(10), 1 + below(700));
      }
      for (const { tab } of tabs) {
        tab.thaw();
      }
      // One more for each, so that late comers know where they stand.
      await world.say(60, 1_000);
      for (const { heard } of tabs) {
        // Who came later began later.
        expect(heard).toEqual(world.all.slice(-heard.length));
        expect(heard.length).toBeGreaterThan(40);
      }
      for (const { heard } of tabs.filter(({ name }) => /-[123]$/.test(name))) {
        expect(heard).toEqual(world.all);
      }
      expect(world.connections).toBe(1);
    },
  );
});

/** Nothing reaches a tab that stands still, or is gone. */
function inTab(tab: Tab, inner: ClientTransport): ClientTransport {
  return {
    name: inner.name,
    open: (url, subprotocols, listener) =>
      inner.open(url, subprotocols, {
        opened: () => tab.run(() => listener.opened()),
        received: (frame) => tab.run(() => listener.received(frame)),
        closed: (why) => tab.run(() => listener.closed(why)),
      }),
  };
}
