/** A server with an implemented contract, over real sockets. */
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient } from '../../src/client/node/index.ts';
import { contract } from '../../src/contract/index.ts';
import { implement } from '../../src/hub/app/index.ts';
import { createServer, type Server } from '../../src/server/index.ts';

const news = contract({
  channels: {
    'news/:topic': {
      events: { item: z.object({ title: z.string() }) },
      calls: { count: { in: z.null(), out: z.number() } },
    },
  },
});

function implemented() {
  return implement(news, {
    authenticate: ({ token, handshake }) =>
      token !== undefined && handshake !== undefined ? { id: token } : undefined,
    channels: {
      'news/:topic': {
        authorize: ({ user, params }) => user.id === params.topic,
        calls: { count: () => 1 },
      },
    },
  });
}

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close({ withinMs: 200 })));
});

describe('a server with a contract', () => {
  it('does what the implementation says: who may, where, and with what', async () => {
    const app = implemented();
    const server = createServer({ app });
    servers.push(server);
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
    const ann = createClient(`ws://127.0.0.1:${port}/`, { token: 'ann' });
    const item = { title: 'It works' };
    const heard: unknown[] = [];
    ann.subscribe('news/ann').on('publication', ({ data }) => heard.push(data));
    await ann.publish('news/ann', item, { event: 'item' });
    await app.channel('news/:topic', { topic: 'ann' }).publish('item', item);
    expect(await ann.call('count', null, { channel: 'news/ann' })).toBe(1);
    const wrong = ann.publish('news/ann', { title: 1 }, { event: 'item' });
    await expect(wrong).rejects.toMatchObject({
      code: 'PAYLOAD_INVALID',
      details: { issues: [{ path: 'title' }] },
    });
    const other = ann.publish('news/bob', item, { event: 'item' });
    await expect(other).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(ann.call('count', null)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect.poll(() => heard).toEqual([item, item]);
    ann.close();
  });

  it('has no other rules, and shares its implementation with nobody', () => {
    const app = implemented();
    const both = { app, policy: { connect: () => 'ann' } } as unknown as {
      readonly app: typeof app;
    };
    expect(() => createServer(both)).toThrow(expect.objectContaining({ code: 'APP_INVALID' }));
    servers.push(createServer({ app }));
    expect(() => createServer({ app })).toThrow(
      expect.objectContaining({ code: 'APP_BOUND_TWICE' }),
    );
  });
});
