/** A plain EventSource, by what browsers send for it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint } from '../../src/endpoint/index.ts';
import {
  type EventSourceTransportOptions,
  eventSourceTransport,
} from '../../src/transports/event-source.ts';
import { disconnects, mayReturn } from '../../src/wire/index.ts';
import { Bus, Clerk, deskAt, type Fields, say } from './roads.ts';

async function serveEvents(options: Partial<EventSourceTransportOptions> = {}) {
  const endpoint = createEndpoint();
  const clerk = new Clerk();
  const transport = eventSourceTransport({
    endpoint,
    path: '/events',
    gateway: clerk.gateway(),
    hub: deskAt(new Bus().post('n')),
    paddingBytes: 1,
    ...options,
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => endpoint.close({ withinMs: 0 }));
  const ask = (query: string, headers: Fields = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/events?${query}`, {
      headers: { Accept: 'text/event-stream', ...headers },
    });
  /** What the gateway was told to want. */
  const wished = async (query: string, headers: Fields = {}): Promise<unknown> => {
    const count = clerk.told.length;
    const asked = ask(query, headers);
    await expect.poll(() => clerk.told.length).toBe(count + 1);
    clerk.pipes.at(-1)!.close(disconnects.UNAUTHORISED);
    await asked;
    await expect.poll(() => clerk.told.length).toBe(count + 2);
    return JSON.parse(String(clerk.told[count]));
  };
  return { clerk, transport, ask, wished };
}

describe('an EventSource', () => {
  it('gets its head with the first event, and then each as it comes', async () => {
    const { clerk, transport, ask } = await serveEvents();
    const asked = ask('channel=room');
    await expect.poll(() => clerk.pipes.length).toBe(1);
    say(clerk.pipes[0]!, 'data: 1\n\n');
    const response = await asked;
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream',
    ]);
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('data: 1')) {
      text += (await chunks.read()).value;
    }
    expect(text).toMatch(/^: \nretry: [1-4]\d{3}\n\ndata: 1\n\n$/);
    expect([transport.count, clerk.pipes[0]!.name]).toEqual([1, 'event-source']);
    await chunks.cancel();
    await expect.poll(() => clerk.told.at(-1)).toBe('closed');
    expect(transport.count).toBe(0);
  });

  it('says the channel, and the last event that the browser saw, or where the page begins', async () => {
    const { wished, ask } = await serveEvents();
    expect(await wished('channel=room:1')).toEqual({ channel: 'room:1' });
    expect(await wished('channel=r&since=e:1:a')).toEqual({ channel: 'r', since: 'e:1:a' });
    expect(await wished('channel=r&since=e:1:a', { 'Last-Event-ID': 'e:2:b' })).toEqual({
      channel: 'r',
      since: 'e:2:b',
    });
    expect((await ask('')).status).toBe(400);
  });

  const away = {
    HELLO_EXPECTED: 400,
    MESSAGE_INVALID: 400,
    VERSION_UNSUPPORTED: 400,
    UNAUTHORISED: 403,
    REVOKED: 403,
  } as const;

  it.each(Object.values(disconnects))(
    'before the first event $name is a status at which it stays away, or the end of a stream that says when to come back',
    async (why) => {
      const { clerk, ask } = await serveEvents();
      const asked = ask('channel=r');
      await expect.poll(() => clerk.pipes.length).toBe(1);
      clerk.pipes[0]!.close(why);
      const response = await asked;
      const text = await response.text();
      if (mayReturn(why.code)) {
        expect(response.status).toBe(200);
        expect(text).toMatch(new RegExp(`retry: ${why.retryAfterMs ?? '\\d+'}\n`));
      } else {
        expect(response.status).toBe(away[why.name as keyof typeof away]);
        expect(JSON.parse(text)).toEqual({ code: why.code, reason: why.reason });
      }
    },
  );

  it('there are no more than may be', async () => {
    const { ask, clerk } = await serveEvents({ maxRoads: 1 });
    void ask('channel=r').catch(() => undefined);
    await expect.poll(() => clerk.pipes.length).toBe(1);
    expect((await ask('channel=r')).status).toBe(503);
  });

  it('who reads too slowly is cut', async () => {
    const { ask, clerk, transport } = await serveEvents({ maxBufferedBytes: 1_000 });
    const asked = ask('channel=r').then((response) => response.text());
    await expect.poll(() => clerk.pipes.length).toBe(1);
    say(clerk.pipes[0]!, 'x'.repeat(2_000));
    await clerk.pipes[0]!.drained();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => transport.count).toBe(0);
  });
});

describe('D17: whose cookie counts', () => {
  const cookie = { Cookie: 'a=b; session=secret; c' };

  it('D17: that of a page of our own origin', async () => {
    const { wished } = await serveEvents({ cookie: 'session' });
    expect(await wished('channel=r', { ...cookie, 'Sec-Fetch-Site': 'same-origin' })).toEqual({
      channel: 'r',
      token: 'secret',
    });
    expect(await wished('channel=r', cookie)).toHaveProperty('token', 'secret');
  });

  it.each(['cross-site', 'same-site', 'none', ''])(
    'D17: not one that comes with a page of %j',
    async (site) => {
      const { wished } = await serveEvents({ cookie: 'session', origins: 'any' });
      const headers = { ...cookie, 'Sec-Fetch-Site': site };
      expect(await wished('channel=r', headers)).toEqual({ channel: 'r' });
      expect(await wished('channel=r&ticket=t', headers)).toEqual({ channel: 'r', token: 't' });
    },
  );

  it('D17: not one of a page that says another origin, though it may ask; and no page that may not', async () => {
    const evil = { ...cookie, Origin: 'https://evil.example' };
    const open = await serveEvents({ cookie: 'session', origins: 'any' });
    expect(await open.wished('channel=r', evil)).toEqual({ channel: 'r' });
    const same = await serveEvents({ cookie: 'session' });
    expect((await same.ask('channel=r&ticket=t', evil)).status).toBe(403);
    expect(same.clerk.told).toEqual([]);
  });

  it('D17: nobody’s, where no cookie is named', async () => {
    const { wished } = await serveEvents();
    expect(await wished('channel=r', { ...cookie, 'Sec-Fetch-Site': 'same-origin' })).toEqual({
      channel: 'r',
    });
  });
});

describe('the request of a stream', () => {
  it('is known to the policy; credentials only from our own pages', async () => {
    const { clerk, wished } = await serveEvents({ origins: 'any' });
    const fields = { Cookie: 'sid=1', Authorization: 'Bearer t' };
    const seen = async (more: Fields): Promise<unknown> => {
      await wished('channel=news', { ...fields, ...more });
      return clerk.pipes.at(-1)!.handshake;
    };
    const url = '/events?channel=news';
    const ours = await seen({ 'Sec-Fetch-Site': 'same-origin' });
    expect(ours).toMatchObject({ url, headers: { cookie: 'sid=1', authorization: 'Bearer t' } });
    for (const more of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.dev' }]) {
      const { headers } = (await seen(more)) as { headers: object };
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('authorization');
    }
  });
});
