import { describe, expect, it } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import { failure, told } from './answering.ts';
import { makeCertificate } from './certificates.ts';
import { connectProxy } from './connect-proxy.ts';
import { eventually, newEndpoint, next, serve } from './support.ts';

const certificate = makeCertificate({ names: ['chat.example'], addresses: ['127.0.0.1'] });
const tls = { ca: certificate.cert };

async function serveTls(): Promise<number> {
  const endpoint = newEndpoint();
  endpoint.mount('/', { hosts: 'any' }, (websocket) => {
    websocket.on('message', (message) => void websocket.send(message));
  });
  return (await endpoint.listen({ port: 0, host: '127.0.0.1', tls: certificate })).port;
}

async function echoed(websocket: Websocket, message: string): Promise<void> {
  const answer = next(websocket, 'message');
  websocket.send(message);
  expect(await answer).toEqual([message]);
}

describe('RFC 9110 §9.3.6 through a proxy', () => {
  it('a plain websocket: the proxy is asked for host and port, and carries the handshake', async () => {
    const proxy = await connectProxy();
    const { url, port, accepted } = await serve();
    const websocket = await dial(url, { proxy: proxy.url });
    const server = await accepted();
    const greeting = next(server, 'message');
    websocket.send('through');
    expect(await greeting).toEqual(['through']);
    expect(proxy.asked).toEqual([
      { target: `127.0.0.1:${port}`, fields: ['Host', `127.0.0.1:${port}`] },
    ]);
    expect(proxy.carried()).toContain('GET / HTTP/1.1\r\n');
    await websocket.close();
    await eventually(async () => (await proxy.count()) === 0);
  });

  it.each(['http', 'https'])('wss through a proxy of %s', async (scheme) => {
    const own = makeCertificate({ addresses: ['127.0.0.1'] });
    const options = scheme === 'https' ? { tls: own } : {};
    const proxy = await connectProxy(options);
    const port = await serveTls();
    const websocket = await dial(`wss://127.0.0.1:${port}`, {
      proxy: proxy.url,
      proxyTls: { ca: own.cert },
      tls,
    });
    await echoed(websocket, 'x'.repeat(300_000));
    await websocket.close();
    await eventually(async () => (await proxy.count()) === 0);
  });

  it('the proxy looks up the name, and the certificate is checked for it', async () => {
    const port = await serveTls();
    const proxy = await connectProxy({ leadsTo: port });
    const websocket = await dial('wss://chat.example', { proxy: proxy.url, tls });
    expect(proxy.asked[0]!.target).toBe('chat.example:443');
    await echoed(websocket, 'hello');
    websocket.terminate();
    const error = await failure('wss://other.example', { proxy: proxy.url, tls });
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
    expect(error.cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await eventually(async () => (await proxy.count()) === 0);
  });

  it('addresses of IPv6 stand in brackets', async () => {
    const proxy = await connectProxy({ answer: (socket) => socket.end('HTTP/1.1 403 No\r\n\r\n') });
    await failure('ws://[::1]:81/', { proxy: proxy.url });
    expect(proxy.asked[0]).toEqual({ target: '[::1]:81', fields: ['Host', '[::1]:81'] });
  });

  it("'environment' asks the variables of the process", async () => {
    const proxy = await connectProxy();
    const { url } = await serve();
    const before = { ...process.env };
    try {
      process.env['http_proxy'] = proxy.url;
      process.env['no_proxy'] = 'other.example';
      (await dial(url, { proxy: 'environment' })).terminate();
      expect(proxy.asked).toHaveLength(1);
      process.env['no_proxy'] = '127.0.0.0/8';
      (await dial(url, { proxy: 'environment' })).terminate();
      process.env['no_proxy'] = '';
      (await dial(url)).terminate();
      expect(proxy.asked).toHaveLength(1);
    } finally {
      process.env = before;
    }
  });
});

describe('A11 credentials go to whom they are for', () => {
  const headers = { Authorization: 'Bearer for-the-server', Cookie: 'session=for-the-server' };

  it.each(['ws', 'wss'])('%s: nothing of the server to the proxy, or back', async (scheme) => {
    const seen: string[] = [];
    const endpoint = newEndpoint();
    endpoint.mount('/', {}, (_websocket, request) => {
      seen.push(request.headers.one('authorization') ?? '');
      expect(request.headers.has('proxy-authorization')).toBe(false);
    });
    const where = { port: 0, host: '127.0.0.1' };
    const { port } = await endpoint.listen(
      scheme === 'wss' ? { ...where, tls: certificate } : where,
    );
    const proxy = await connectProxy();
    const url = proxy.url.replace('http://', 'http://ada:for-the-proxy@');
    const websocket = await dial(`${scheme}://127.0.0.1:${port}`, { proxy: url, headers, tls });
    await eventually(() => seen.length === 1);
    expect(seen).toEqual(['Bearer for-the-server']);
    expect(proxy.asked[0]!.fields).toEqual([
      'Host',
      `127.0.0.1:${port}`,
      'Proxy-Authorization',
      `Basic ${Buffer.from('ada:for-the-proxy').toString('base64')}`,
    ]);
    expect(proxy.carried()).not.toContain('Proxy-Authorization');
    expect(proxy.carried().includes('for-the-server')).toBe(scheme === 'ws');
    websocket.terminate();
  });

  it('a proxy of https whose certificate is wrong is asked for nothing', async () => {
    const proxy = await connectProxy({ tls: makeCertificate({ names: ['other.example'] }) });
    // What holds for the server does not hold for the proxy.
    const options = { proxy: proxy.url, tls: { rejectUnauthorized: false } };
    const error = await failure('wss://127.0.0.1:1', options);
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
    expect(proxy.asked).toEqual([]);
    await eventually(async () => (await proxy.count()) === 0);
  });
});
