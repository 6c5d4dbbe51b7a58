import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, dial } from '../../src/endpoint/index.ts';
import { HeaderList } from '../../src/protocol/index.ts';
import { handshakeOf, mayBringCredentials } from '../../src/transports/handshake.ts';
import { websocketTransport } from '../../src/transports/websocket.ts';
import { http2Certificate, tls } from '../endpoint/http2-server.ts';
import { Bus, Clerk, deskAt, openRoad, serve } from './roads.ts';

function asking(raw: readonly string[], target = '/') {
  return { headers: new HeaderList(raw), target, secure: true };
}

const from = (...raw: string[]) => handshakeOf(asking(raw), true).headers;

describe('what a policy may know of a request', () => {
  it('is four fields, by their names in lower case, and where it went', () => {
    const request = asking(
      [
        'Host',
        'acme.dev',
        'COOKIE',
        'sid=1',
        'Origin',
        'https://acme.dev',
        'User-Agent',
        'x/1',
        'Authorization',
        'Bearer t',
        'X-Forwarded-For',
        '10.0.0.1',
        'Referer',
        'https://acme.dev/?secret',
      ],
      '/live?ticket=t%20x',
    );
    expect(handshakeOf(request, true)).toStrictEqual({
      headers: {
        authorization: 'Bearer t',
        cookie: 'sid=1',
        origin: 'https://acme.dev',
        'user-agent': 'x/1',
      },
      url: '/live?ticket=t%20x',
    });
    expect(handshakeOf(request, false).headers).toStrictEqual({
      origin: 'https://acme.dev',
      'user-agent': 'x/1',
    });
    expect(handshakeOf(asking([]), true)).toStrictEqual({ headers: {}, url: '/' });
  });

  it('8,192 characters of each, and what is longer is left out', () => {
    const long = 'x'.repeat(8_192);
    expect(from('cookie', long, 'authorization', long)).toEqual({
      cookie: long,
      authorization: long,
    });
    expect(from('cookie', `${long}x`, 'authorization', `${long}x`, 'origin', 'o')).toEqual({
      origin: 'o',
    });
    expect(from('cookie', 'x'.repeat(4_095), 'cookie', 'x'.repeat(4_095))).toHaveProperty('cookie');
    expect(from('cookie', 'x'.repeat(4_096), 'cookie', 'x'.repeat(4_095))).toEqual({});
    const url = `/${'x'.repeat(8_191)}`;
    expect(handshakeOf(asking([], url), true).url).toBe(url);
    expect(handshakeOf(asking([], `${url}x`), true).url).toBe('');
  });

  it('what is repeated is not believed, but for cookies, which are joined', () => {
    expect(from('cookie', 'a=1', 'origin', 'o', 'Cookie', 'b=2', 'origin', 'p')).toEqual({
      cookie: 'a=1; b=2',
    });
    expect(from('authorization', 'a', 'authorization', 'a')).toEqual({});
  });

  it('bytes above ASCII are as they came', () => {
    expect(from('cookie', 'name=\u00e9\u00ff')).toEqual({ cookie: 'name=\u00e9\u00ff' });
  });
});

describe('D17: who may bring credentials', () => {
  const may = (origins: 'any' | 'same' | string[], ...raw: string[]): boolean =>
    mayBringCredentials(asking(['host', 'acme.dev', ...raw]), origins);

  it('where it was decided which pages may ask, whoever was let in', () => {
    expect(may('same', 'origin', 'https://acme.dev')).toBe(true);
    expect(may(['https://b.dev'], 'origin', 'https://b.dev')).toBe(true);
  });

  it('where any page may, our own, and programs', () => {
    expect(may('any', 'origin', 'https://acme.dev')).toBe(true);
    expect(may('any')).toBe(true);
    for (const origin of ['https://evil.dev', 'http://acme.dev', 'null', '']) {
      expect(may('any', 'origin', origin)).toBe(false);
    }
    expect(may('any', 'origin', 'https://acme.dev', 'origin', 'https://acme.dev')).toBe(false);
  });
});

const fields = { Cookie: 'sid=1', Authorization: 'Bearer t', 'X-Other': 'y' };
const known = { cookie: 'sid=1', authorization: 'Bearer t' };

describe('on every road', () => {
  it.each([false, true])('a websocket, by HTTP/2: %s', async (http2) => {
    const endpoint = createEndpoint();
    onTestFinished(() => endpoint.close({ withinMs: 0 }));
    const clerk = new Clerk();
    const hub = deskAt(new Bus().post('n'));
    websocketTransport({ endpoint, path: '/live', gateways: [clerk.gateway()], hub });
    const secure = http2 ? { tls: http2Certificate } : {};
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', ...secure });
    const url = `${http2 ? 'wss' : 'ws'}://127.0.0.1:${port}/live?ticket=7`;
    const dialled = await dial(url, {
      subprotocols: ['test'],
      headers: { ...fields, Origin: `${http2 ? 'https' : 'http'}://127.0.0.1:${port}` },
      ...(http2 ? { http2: true, tls } : {}),
    });
    const { handshake } = clerk.pipes[0]!;
    expect(handshake).toMatchObject({ headers: known, url: '/live?ticket=7' });
    expect(handshake!.headers['origin']).toContain(String(port));
    expect(handshake!.headers).not.toHaveProperty('x-other');
    dialled.terminate();
  });

  it.each(['stream', 'poll'])('requests, with their answers as a %s', async (how) => {
    const { url, clerk } = await serve();
    await openRoad(`${url}?ticket=7`, { ...fields, 'Tautline-Down': how });
    expect(clerk.pipes[0]!.handshake).toMatchObject({ headers: known, url: '/live?ticket=7' });
  });

  it('where any page may come, others bring no credentials', async () => {
    const { url, clerk } = await serve({ origins: 'any' });
    await openRoad(url, { ...fields, Origin: 'https://evil.dev' });
    const { headers } = clerk.pipes[0]!.handshake!;
    expect(headers['origin']).toBe('https://evil.dev');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('authorization');
  });
});
