/** Roads of plain requests, over real sockets. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sse } from '../../src/client/transports/sse.ts';
import { createEndpoint } from '../../src/endpoint/index.ts';
import { httpTransport } from '../../src/transports/http-transport.ts';
import { disconnects } from '../../src/wire/index.ts';
import { Bus, Clerk, codeOf, deskAt, down, echo, openRoad, say, serve, up } from './roads.ts';

describe('a road', () => {
  it('carries messages up, each once and in order, however often a request is repeated', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    expect(await (await up(url, road, [1, 'a', 'b'])).json()).toEqual({ received: 2 });
    expect(await (await up(url, road, [1, 'a', 'b'])).json()).toEqual({ received: 2 });
    expect(await (await up(url, road, [2, 'b', 'c'])).json()).toEqual({ received: 3 });
    expect(clerk.told).toEqual(['a', 'b', 'c']);
  });

  it('takes nothing behind a hole, and says from where it goes on', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    await up(url, road, [1, 'a']);
    const response = await up(url, road, [3, 'c']);
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { code: 'ROAD_HOLE', received: 1 },
    ]);
    expect(clerk.told).toEqual(['a']);
  });

  it('gives what waits to a poll, and again until it is acknowledged', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    say(clerk.pipes[0]!, 'one');
    say(clerk.pipes[0]!, 'two');
    const first = await (await down(url, road)).text();
    expect(first).toBe('id: 1\ndata: one\n\nid: 2\ndata: two\n\n');
    expect(await (await down(url, road)).text()).toBe(first);
    expect(await (await down(url, road, 1)).text()).toBe('id: 2\ndata: two\n\n');
    expect(clerk.pipes[0]!.bufferedBytes).toBe('data: two\n'.length);
    await up(url, road, [1], { 'Tautline-Acknowledge': '2' });
    expect(clerk.pipes[0]!.bufferedBytes).toBe(0);
  });

  it('a poll waits for the first message, and is answered with 204 when none comes', async () => {
    const { url, clerk } = await serve({ pollMs: 30 });
    const road = await openRoad(url);
    expect((await down(url, road)).status).toBe(204);
    const waiting = down(url, road, 0);
    setTimeout(() => say(clerk.pipes[0]!, 'late'), 5);
    expect([200, 204]).toContain((await waiting).status);
  });

  it('a stream begins with padding, and goes on with each message, one write for a turn', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url, { 'Tautline-Down': 'stream' });
    expect(clerk.pipes[0]!.name).toBe('sse');
    const response = await down(url, road, 0, { 'Tautline-Down': 'stream' });
    const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await chunks.read()).value).toMatch(/^: {2048}\n\n$/);
    say(clerk.pipes[0]!, 'a');
    say(clerk.pipes[0]!, 'b');
    expect((await chunks.read()).value).toBe('id: 1\ndata: a\n\nid: 2\ndata: b\n\n');
    await chunks.cancel();
  });

  it('a stream says that it is there while it is silent', async () => {
    const { url } = await serve({ heartbeatMs: 5, paddingBytes: 1 });
    const road = await openRoad(url);
    const response = await down(url, road, 0, { 'Tautline-Down': 'stream' });
    const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    await chunks.read();
    expect((await chunks.read()).value).toMatch(/^(:\n\n)+$/);
    await chunks.cancel();
  });

  it('its kind may change with each request', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    const stream = await down(url, road, 0, { 'Tautline-Down': 'stream' });
    const poll = down(url, road);
    expect(await stream.text()).toMatch(/^: +\n\n$/);
    say(clerk.pipes[0]!, 'x');
    expect(await (await poll).text()).toBe('id: 1\ndata: x\n\n');
  });

  it('tells why it ends until that has come, and is gone then', async () => {
    const { url, clerk, transport } = await serve();
    const road = await openRoad(url);
    say(clerk.pipes[0]!, 'bye');
    clerk.pipes[0]!.close(disconnects.SERVER_STOPPING);
    say(clerk.pipes[0]!, 'after the end');
    const end =
      'id: 1\ndata: bye\n\nid: 2\nevent: close\ndata: {"code":4000,"reason":"the server stops"}\n\n';
    expect(await (await down(url, road)).text()).toBe(end);
    await expect.poll(() => clerk.told).toEqual(['closed']);
    expect(await (await down(url, road)).text()).toBe(end);
    const stream = await down(url, road, 1, { 'Tautline-Down': 'stream' });
    expect(await stream.text()).toContain('id: 2\nevent: close');
    expect(transport.count).toBe(1);
    expect(await codeOf(await down(url, road, 2))).toEqual([410, 'ROAD_GONE']);
    expect([clerk.told, transport.count]).toEqual([['closed'], 0]);
  });

  it('is left by DELETE', async () => {
    const { url, clerk, transport } = await serve();
    const road = await openRoad(url);
    const waiting = down(url, road);
    await up(url, road, [1]);
    expect(
      (await fetch(url, { method: 'DELETE', headers: { 'Tautline-Road': road } })).status,
    ).toBe(204);
    expect(await codeOf(await waiting)).toEqual([410, 'ROAD_GONE']);
    expect([clerk.told, transport.count]).toEqual([['closed'], 0]);
  });

  it('ends without a downlink after the idle time', async () => {
    const { url, clerk } = await serve({ idleMs: 20 });
    await openRoad(url);
    await expect.poll(() => clerk.told).toEqual(['closed']);
  });

  it('ends when more waits than may', async () => {
    const { url, clerk } = await serve({ maxBufferedBytes: 100 });
    await openRoad(url);
    say(clerk.pipes[0]!, 'x'.repeat(90));
    expect(clerk.told).toEqual([]);
    say(clerk.pipes[0]!, 'x'.repeat(90));
    await expect.poll(() => clerk.told).toEqual(['closed']);
    await clerk.pipes[0]!.drained();
  });

  it('there are no more than may be, of all and of one address', async () => {
    for (const limit of ['maxRoads', 'maxRoadsPerAddress']) {
      const { url } = await serve({ [limit]: 2 });
      const first = await openRoad(url);
      await openRoad(url);
      const headers = { 'Tautline-Road': 'new', 'Tautline-Subprotocols': 'test' };
      const response = await fetch(url, { method: 'POST', headers });
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await codeOf(response)).toEqual([503, 'TOO_MANY_ROADS']);
      const probe = (): Promise<Response> => fetch(url, { headers: { 'Tautline-Road': 'probe' } });
      expect((await probe()).status).toBe(503);
      await fetch(url, { method: 'DELETE', headers: { 'Tautline-Road': first } });
      expect((await probe()).status).toBe(204);
      expect(await openRoad(url)).toMatch(/^node1\.[\w-]{24}$/);
    }
  });

  it('speaks the subprotocol that was offered, or none', async () => {
    const { url } = await serve();
    const headers = { 'Tautline-Road': 'new', 'Tautline-Subprotocols': 'other' };
    expect(await codeOf(await fetch(url, { method: 'POST', headers }))).toEqual([
      400,
      'ROAD_SUBPROTOCOL_UNKNOWN',
    ]);
  });
});

describe('D17: pages of others, caches and proxies', () => {
  const evil = { Origin: 'https://evil.example' };

  it('D17: what a page of another site can send unasked reaches no road', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    // A form, a script, an image: none of them can have our field.
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
      const response = await fetch(`${url}?road=${road}`, {
        method: 'POST',
        headers: { 'Content-Type': type, ...evil },
        body: '[1,"evil"]',
      });
      expect(response.status).toBe(404);
    }
    expect((await fetch(`${url}?road=${road}&callback=steal`)).status).toBe(404);
    expect((await up(url, road, [1, 'evil'], evil)).status).toBe(403);
    expect((await down(url, road, 0, evil)).status).toBe(403);
    expect(clerk.told).toEqual([]);
  });

  it('D17: a preflight is answered for pages that may ask, and for no others', async () => {
    const { url } = await serve({ origins: ['https://acme.dev'] });
    const ask = (origin: string): Promise<Response> =>
      fetch(url, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type, tautline-road',
        },
      });
    const allowed = await ask('https://acme.dev');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://acme.dev',
    ]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('tautline-road');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await ask('https://evil.example');
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      403,
      null,
    ]);
  });

  it('D17: no answer is kept, changed, held back or guessed at', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    say(clerk.pipes[0]!, 'secret');
    const answers = [
      await down(url, road),
      await down(url, road, 0, { 'Tautline-Down': 'stream' }),
      await up(url, road, [1, 'x']),
      await up(url, road, 'nonsense'),
      await down(url, `node1.${'A'.repeat(24)}`),
    ];
    for (const { headers, body } of answers) {
      expect(headers.get('cache-control')).toBe('no-store, no-transform');
      expect(headers.get('x-accel-buffering')).toBe('no');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toMatch(/^(application\/json|text\/event-stream)$/);
      expect(headers.get('vary')).toBe('Origin');
      await body?.cancel();
    }
  });

  it('D17: of two polls at once the last wins, and nothing is lost by it', async () => {
    const { url, clerk } = await serve();
    const road = await openRoad(url);
    const first = down(url, road);
    await expect.poll(() => up(url, road, [1]).then(({ status }) => status)).toBe(200);
    const second = down(url, road);
    expect(await codeOf(await first)).toEqual([409, 'ROAD_SUPERSEDED']);
    say(clerk.pipes[0]!, 'once');
    expect(await (await second).text()).toBe('id: 1\ndata: once\n\n');
  });
});

/** Sends bytes, and gives what came until the connection ended or was quiet after an answer. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  let heard = '';
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      resolve();
    });
  });
  socket.destroy();
  return heard;
}

describe('A6: every request is answered', () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
  const types = [
    '',
    'application/json',
    'application/octet-stream',
    'text/plain;charset=x',
    '\u00ff',
  ];
  const bodies = [
    '',
    '[1,"a"]',
    '[',
    '[1,[',
    '{}',
    'null',
    '\n'.repeat(9),
    '[1,2]',
    '\u00ff\u00fe',
  ];

  it('A6: whatever its method, its type, its road and its body', async () => {
    const { url, port, endpoint } = await serve({ pollMs: 5, relayWithinMs: 5, bodyWithinMs: 200 });
    const [open, gone] = [await openRoad(url), await openRoad(url)];
    await fetch(url, { method: 'DELETE', headers: { 'Tautline-Road': gone } });
    const roads = [undefined, 'new', 'probe', open, gone, `other.${'x'.repeat(24)}`, 'x', '\u00ff'];
    const asked: Promise<string>[] = [];
    for (const method of methods) {
      for (const type of types) {
        for (const road of roads) {
          for (const body of bodies) {
            const lines = [
              `${method} /live HTTP/1.1`,
              'Host: 127.0.0.1',
              `Content-Length: ${body.length}`,
              ...(type === '' ? [] : [`Content-Type: ${type}`]),
              ...(road === undefined ? [] : [`Tautline-Road: ${road}`, 'Tautline-Acknowledge: 0']),
            ];
            asked.push(raw(port, `${lines.join('\r\n')}\r\n\r\n${body}`));
            if (asked.length % 100 === 0) {
              await Promise.all(asked);
            }
          }
        }
      }
    }
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => !/^HTTP\/1\.1 [245]\d\d /.test(answer))).toEqual([]);
    expect(answers.filter((answer) => / 500 /.test(answer))).toEqual([]);
    expect(endpoint.websockets.size).toBe(0);
  }, 60_000);

  it.each([
    ['a body that is too large', 'Content-Length: 99999999', 413],
    ['a body that never comes', 'Content-Length: 7', 408],
    ['chunks that never end', 'Transfer-Encoding: chunked', 408],
  ])('A6: %s is answered, and its connection ends', async (_what, field, status) => {
    const { url, port } = await serve({ bodyWithinMs: 50 });
    const road = await openRoad(url);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /live HTTP/1.1\r\nHost: 127.0.0.1\r\nTautline-Road: ${road}\r\nTautline-Acknowledge: 0\r\nContent-Type: application/json\r\n${field}\r\n\r\n`,
    );
    await (status === 413 ? expect.poll(() => heard).toContain('\r\n\r\n') : closed);
    expect(heard).toContain(`HTTP/1.1 ${status}`);
    expect(heard).toMatch(/^connection: close\r$/im);
    socket.destroy();
  });

  it('A6: a peer that goes in the middle leaves nothing behind', async () => {
    const { url, port, clerk, transport } = await serve({ idleMs: 100 });
    const road = await openRoad(url);
    for (const fields of ['Tautline-Down: stream', 'Tautline-Down: poll', 'Content-Length: 100']) {
      const socket = connect(port, '127.0.0.1');
      const method = fields.startsWith('Content') ? 'POST' : 'GET';
      socket.write(
        `${method} /live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTautline-Road: ${road}\r\nTautline-Acknowledge: 0\r\n${fields}\r\n\r\n`,
      );
      await up(url, road, [1]);
      socket.resetAndDestroy();
    }
    await expect.poll(() => clerk.told).toEqual(['closed']);
    expect(transport.count).toBe(0);
  });
});

describe('beside an application', () => {
  it('plain requests that are not for roads are left to its own listeners, on the same path, too', async () => {
    const server = createServer((request, response) => {
      response.end(`page of ${request.url}`);
    });
    const endpoint = createEndpoint();
    const clerk = new Clerk();
    httpTransport({
      endpoint,
      path: '/live',
      gateways: [clerk.gateway()],
      hub: deskAt(new Bus().post('n')),
    });
    endpoint.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await endpoint.close({ withinMs: 0 });
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
    expect(await (await fetch(url)).text()).toBe('page of /live');
    expect(await openRoad(url)).toMatch(/^n\./);
    await endpoint.close();
    const headers = { 'Tautline-Road': 'new' };
    expect(await (await fetch(url, { method: 'POST', headers })).text()).toBe('page of /live');
  });
});

describe('a road of another node', () => {
  it('is reached by the bus: up, down, and away', async () => {
    const bus = new Bus();
    const one = await serve({}, { bus, node: 'one' });
    const two = await serve({}, { bus, node: 'two' });
    const road = await openRoad(one.url);
    expect(await (await up(two.url, road, [1, 'a'])).json()).toEqual({ received: 1 });
    const waiting = down(two.url, road);
    await expect
      .poll(() => bus.sent.some(({ message }) => (message as { type: string }).type === 'held'))
      .toBe(true);
    say(one.clerk.pipes[0]!, 'hello');
    expect(await (await waiting).text()).toBe('id: 1\ndata: hello\n\n');
    const stream = await down(two.url, road, 0, { 'Tautline-Down': 'stream' });
    expect(await stream.text()).toBe('id: 1\ndata: hello\n\n');
    await fetch(two.url, { method: 'DELETE', headers: { 'Tautline-Road': road } });
    expect([one.clerk.told, two.clerk.told]).toEqual([['a', 'closed'], []]);
  });

  it('is reached after nodes were taken for dead, and have other names', async () => {
    const bus = new Bus();
    const posts = ['one', 'two'].map((node) => ({ ...bus.post(node), node }));
    const [one, two] = await Promise.all(
      posts.map((post) => serve({ hub: deskAt(post), relayWithinMs: 200 })),
    );
    const old = await openRoad(one!.url);
    for (const post of posts) {
      post.node += '-again';
    }
    for (const road of [old, await openRoad(one!.url)]) {
      for (const { url } of [one!, two!]) {
        expect(await (await up(url, road, [1, 'a'])).json()).toEqual({ received: 1 });
      }
    }
    expect(one!.clerk.told).toEqual(['a', 'a']);
  });

  it('opens a stream there, too, before there is anything to say', async () => {
    const bus = new Bus();
    const one = await serve({}, { bus, node: 'one' });
    const two = await serve({}, { bus, node: 'two' });
    one.clerk.answer = echo;
    const elsewhere = ((url: string, init: RequestInit) => {
      const isNew = new Headers(init.headers).get('tautline-road') === 'new';
      return fetch(isNew ? url : two.url, init);
    }) as typeof fetch;
    const told: unknown[] = [];
    const road = sse({ fetch: elsewhere, firstByteMs: 1_000 }).open(one.url, ['test'], {
      opened: () => {
        told.push('opened');
        road.send('hello');
      },
      received: (payload) => told.push(payload),
      closed: ({ reason }) => told.push(reason),
    });
    onTestFinished(() => road.close(1000, ''));
    await expect.poll(() => told).toEqual(['opened', 're hello']);
  });

  it('is gone when its node does not say in time that it is there', async () => {
    const { url } = await serve({ relayWithinMs: 20 });
    expect(await codeOf(await down(url, `dead.${'x'.repeat(24)}`))).toEqual([410, 'ROAD_GONE']);
    expect(await codeOf(await up(url, `dead.${'x'.repeat(24)}`, [1]))).toEqual([410, 'ROAD_GONE']);
  });
});
