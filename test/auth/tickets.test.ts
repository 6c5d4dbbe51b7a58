import { beforeEach, describe, expect, it } from 'vitest';
import { AuthError, type TicketOptions, tickets } from '../../src/auth/index.ts';
import { memoryStore } from '../../src/brokers/memory.ts';
import { type Broker, BrokerError, type Visitor } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';

let clock: ManualClock;
let nodes: readonly Broker[];

beforeEach(async () => {
  clock = new ManualClock();
  const store = memoryStore({ nowMs: () => clock.nowMs() });
  nodes = [store.node(), store.node(), store.node()];
  for (const node of nodes) {
    await node.start({ deliver: () => {}, hear: () => {} });
  }
});

function open(more: Partial<TicketOptions> = {}, node = 0) {
  return tickets({ claims: nodes[node]!.claims, clock, ...more });
}

function brings(token: string | undefined, url?: string, pipe = 'websocket'): Visitor {
  const handshake = url === undefined ? {} : { handshake: { headers: {}, url } };
  return { token, pipe, address: undefined, ...handshake };
}

describe('D7: a ticket', () => {
  it('says who somebody is, once, on whatever node', async () => {
    const ticket = await open().issue({ user: 'ann' });
    expect(await open({}, 1).check(brings(ticket))).toEqual({ user: 'ann' });
    for (const node of [0, 1, 2]) {
      expect(await open({}, node).check(brings(ticket))).toBeUndefined();
    }
  });

  it('of any number who bring it at the same time, to all nodes, one is let in', async () => {
    const ticket = await open().issue({ user: 'ann' });
    const doors = [open(), open({}, 1), open({}, 2)];
    const all = Array.from({ length: 60 }, (_, at) => doors[at % 3]!.check(brings(ticket)));
    const answers = await Promise.all(all);
    expect(answers.filter((answer) => answer !== undefined)).toEqual([{ user: 'ann' }]);
  });

  it('is good for 30 s, and not at their end', async () => {
    const early = await open().issue({ user: 'ann' });
    const late = await open().issue({ user: 'bob' });
    clock.advance(29_999);
    expect(await open().check(brings(early))).toEqual({ user: 'ann' });
    clock.advance(1);
    expect(await open().check(brings(late))).toBeUndefined();
  });

  it('for somebody whose stay has no end says so, and lets in', async () => {
    const expiresAtMs = Number.POSITIVE_INFINITY;
    const ticket = await open().issue({ user: 'ann', expiresAtMs });
    expect(await open().check(brings(ticket))).toEqual({ user: 'ann' });
  });

  it('has 192 random bits, in letters that need no escaping', async () => {
    const { issue } = open({ random: (into) => into.fill(0xfb) });
    expect(await issue({ user: 'ann' })).toBe(`tk_${'-_v7'.repeat(8)}`);
    const some = await Promise.all(Array.from({ length: 50 }, () => open().issue({ user: 'ann' })));
    expect(new Set(some).size).toBe(50);
    expect(some.every((ticket) => /^tk_[A-Za-z0-9_-]{32}$/.test(ticket))).toBe(true);
  });

  it('is kept as a hash: whoever reads the claims can make no ticket of them', async () => {
    const kept: string[] = [];
    const { claims } = nodes[0]!;
    const put: typeof claims.put = (key, value, options) => {
      kept.push(key, value);
      return claims.put(key, value, options);
    };
    const { get, release } = { get: claims.get.bind(claims), release: claims.release.bind(claims) };
    const ticket = await open({ claims: { get, put, release } }).issue({ user: 'ann' });
    expect(kept[0]).toMatch(/^~ticket:[0-9a-f]{64}$/);
    expect(kept.join()).not.toContain(ticket.slice(3));
  });

  it('gives what it was made of: a user of any shape, and until when that one may stay', async () => {
    const { issue, check } = tickets<{ id: string; roles: string[] }>({ claims: nodes[0]!.claims });
    const user = { id: 'ann', roles: ['mod'] };
    const admitted = { user, expiresAtMs: 1_800_000_000_000, data: [1] };
    expect(await check(brings(await issue(admitted)))).toEqual(admitted);
  });

  it.each([
    undefined,
    '',
    'tk_',
    `tk_${'A'.repeat(31)}`,
    `tk_${'A'.repeat(33)}`,
    `tk_${'A'.repeat(31)}+`,
    `TK_${'A'.repeat(32)}`,
    `tk_${'A'.repeat(32)}\n`,
    'eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
  ])('%j is none, and nobody is asked about it', async (text) => {
    const asked = async (): Promise<never> => {
      throw new Error('asked');
    };
    const { check } = open({ claims: { get: asked, put: asked, release: asked } });
    expect(await check(brings(text))).toBeUndefined();
  });

  it('that was guessed lets nobody in', async () => {
    await open().issue({ user: 'ann' });
    expect(await open().check(brings(`tk_${'A'.repeat(32)}`))).toBeUndefined();
  });

  it('lets nobody in for now when the broker fails on the way: it may have been used up', async () => {
    const { claims } = nodes[0]!;
    const ticket = await open().issue({ user: 'ann' });
    const release = async (key: string, revision: string): Promise<never> => {
      await claims.release(key, revision);
      throw new BrokerError('BROKER_UNREACHABLE', 'gone', true);
    };
    const lossy = { get: claims.get.bind(claims), put: claims.put.bind(claims), release };
    expect(await open({ claims: lossy }).check(brings(ticket))).toEqual({ refused: 'BUSY' });
    expect(await open().check(brings(ticket))).toBeUndefined();
  });
});

describe('a broker that will not be better later', () => {
  it.each([new BrokerError('BROKER_STOPPED', 'stopped', false), new TypeError('wrong')])(
    '%s: is heard by whoever asked',
    async (error) => {
      const get = async (): Promise<never> => {
        throw error;
      };
      const { check } = open({ claims: { get, put: get, release: get } });
      await expect(check(brings(`tk_${'A'.repeat(32)}`))).rejects.toBe(error);
    },
  );
});

describe('A12: a ticket in an address', () => {
  it.each([
    (ticket: string) => `/?ticket=${ticket}`,
    (ticket: string) => `/path?a=1&ticket=${ticket}&b=2`,
    (ticket: string) => `https://acme.dev/?ticket=${ticket}#ticket=x`,
    (ticket: string) => `/?%74icket=${ticket}`,
  ])('%s is found', async (address) => {
    const { issue, check } = open();
    const url = address(await issue({ user: 'ann' }));
    expect(await check(brings(undefined, url))).toEqual({ user: 'ann' });
  });

  it.each([
    (ticket: string) => `/?ticket=${ticket}&ticket=${ticket}`,
    (ticket: string) => `/?ticket=x&ticket=${ticket}`,
    (ticket: string) => `/?token=${ticket}`,
    (ticket: string) => `/#?ticket=${ticket}`,
    (ticket: string) => `/${ticket}`,
  ])('%s is not', async (address) => {
    const { issue, check } = open();
    const url = address(await issue({ user: 'ann' }));
    expect(await check(brings(undefined, url))).toBeUndefined();
  });

  it('is not looked at where there is a token', async () => {
    const { issue, check } = open();
    const url = `/?ticket=${await issue({ user: 'ann' })}`;
    expect(await check(brings('other', url))).toBeUndefined();
    expect(await check(brings(undefined, url))).toEqual({ user: 'ann' });
  });
});

describe('for a plain EventSource', () => {
  const channel = 'room:42';
  const address = (name: string): string => `/events?channel=${encodeURIComponent(name)}`;

  it('a ticket may be for one channel, and is not used up by who asks for another', async () => {
    const { issue, check } = open();
    const ticket = await issue({ user: 'ann' }, { channel });
    const wrong = [
      brings(ticket, address('room:43'), 'event-source'),
      brings(ticket, `${address('room:42')}&channel=room:43`, 'event-source'),
      brings(ticket, '/events', 'event-source'),
      brings(ticket, undefined, 'event-source'),
      brings(ticket, address(channel), 'websocket'),
      brings(ticket, address(channel), 'http'),
    ];
    for (const visitor of wrong) {
      expect(await check(visitor)).toBeUndefined();
    }
    expect(await check(brings(ticket, address(channel), 'event-source'))).toEqual({ user: 'ann' });
    expect(await check(brings(ticket, address(channel), 'event-source'))).toBeUndefined();
  });

  it('it may be good until it ends, since the browser comes back by the same address', async () => {
    const { issue, check } = open({ once: false, withinMs: 60_000 });
    const ticket = await issue({ user: 'ann' }, { channel });
    const visitor = brings(ticket, address(channel), 'event-source');
    expect(await check(visitor)).toEqual({ user: 'ann' });
    clock.advance(59_999);
    expect(await check(visitor)).toEqual({ user: 'ann' });
    clock.advance(1);
    expect(await check(visitor)).toBeUndefined();
  });
});

describe('limits', () => {
  it('so many that have not ended, redeemed or not; one more is TICKETS_FULL', async () => {
    const { issue, check } = open({ maxOpen: 3 });
    await check(brings(await issue({ user: 'ann' })));
    clock.advance(10_000);
    await issue({ user: 'ann' });
    await issue({ user: 'ann' });
    const full = { name: 'AuthError', code: 'TICKETS_FULL', retryable: true };
    await expect(issue({ user: 'ann' })).rejects.toMatchObject(full);
    clock.advance(20_000);
    await issue({ user: 'ann' });
    await expect(issue({ user: 'ann' })).rejects.toMatchObject(full);
    clock.advance(30_000);
    await Promise.all([1, 2, 3].map(() => issue({ user: 'ann' })));
    await expect(issue({ user: 'ann' })).rejects.toMatchObject(full);
  });

  it('a user has 16,000 characters of JSON, with what is around it', async () => {
    const { issue, check } = open();
    const user = 'a'.repeat(16_000 - '{"user":""}'.length);
    expect(await check(brings(await issue({ user })))).toEqual({ user });
    await expect(issue({ user: `${user}a` })).rejects.toMatchObject({
      code: 'TICKET_TOO_LARGE',
      retryable: false,
    });
  });

  it('what is too large takes no place', async () => {
    const { issue } = open({ maxOpen: 1 });
    await expect(issue({ user: 'a'.repeat(16_000) })).rejects.toThrow(AuthError);
    await issue({ user: 'ann' });
  });

  it('randomness that is none is found out', async () => {
    const { issue } = open({ random: () => {} });
    await issue({ user: 'ann' });
    await expect(issue({ user: 'bob' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it.each<[string, Partial<TicketOptions>]>([
    ['no time', { withinMs: 0 }],
    ['more than an hour', { withinMs: 3_600_001 }],
    ['no number', { withinMs: Number.NaN }],
    ['none at all', { maxOpen: 0 }],
  ])('%s: OPTION_INVALID', (_, options) => {
    expect(() => open(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('an hour is allowed, and undefined stands for the default', () => {
    expect(() => open({ withinMs: 3_600_000 })).not.toThrow();
    expect(() => open({ withinMs: undefined } as unknown as Partial<TicketOptions>)).not.toThrow();
  });
});
