/** Plain requests beside websockets, of HTTP/1.1 and of HTTP/2, on servers of our own and of the application. */
import { createServer as createHttp1 } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, type PlainHandler, type PlainOptions } from '../../src/endpoint/index.ts';
import { sessionWith, tls } from './http2-peers.ts';

const wants: PlainOptions['wants'] = ({ headers }) => headers.has('x-ours');
const echo: PlainHandler = ({ incoming, response, method, path, headers, httpVersion }) => {
  let body = '';
  incoming.on('data', (chunk) => {
    body += chunk;
  });
  incoming.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end([method, path, headers.one('x-ours'), httpVersion, body].join(' '));
  });
};

function endpointFor(options: Partial<PlainOptions> = {}) {
  const endpoint = createEndpoint();
  endpoint.mount('/live', {}, () => undefined);
  endpoint.answer('/live', { wants, ...options }, echo);
  onTestFinished(() => endpoint.close({ withinMs: 0 }));
  return endpoint;
}

async function asked(
  port: number,
  fields: Record<string, string> = {},
  path = '/live?q',
): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: 'body',
    headers: fields,
  });
  return `${response.status} ${(await response.text()).trim()}`;
}

async function askedHttp2(
  port: number,
  fields: Record<string, string>,
  path = '/live',
): Promise<string> {
  const stream = (await sessionWith(port)).request({ ':method': 'POST', ':path': path, ...fields });
  stream.on('error', () => {});
  stream.end('body');
  let answer = '';
  stream.on('response', (headers) => {
    answer = `${headers[':status']} `;
  });
  for await (const chunk of stream) {
    answer += chunk;
  }
  return answer.trim();
}

describe('plain requests of a server of our own', () => {
  it("are taken on every path that is nobody else's by *, if they are wanted", async () => {
    const endpoint = endpointFor();
    endpoint.answer('*', { wants }, ({ response }) => response.end('any'));
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    expect(await asked(port, { 'x-ours': '1' }, '/elsewhere')).toBe('200 any');
    expect(await asked(port, { 'x-ours': '1' })).toMatch(/^200 POST/);
    expect(await asked(port, {}, '/elsewhere')).not.toMatch(/^200/);
  });

  it('go to the handler that wants them; the others are answered as before', async () => {
    const { port } = await endpointFor().listen({ port: 0, host: '127.0.0.1' });
    expect(await asked(port, { 'X-Ours': 'a' })).toBe('200 POST /live a 1.1 body');
    expect(await asked(port)).toMatch(/^426 /);
    expect(await asked(port, { 'X-Ours': 'a' }, '/other')).toMatch(/^404 /);
  });

  it('of HTTP/2, too', async () => {
    const { port } = await endpointFor().listen({ port: 0, host: '127.0.0.1', tls });
    expect(await askedHttp2(port, { 'x-ours': 'a' })).toBe('200 POST /live a 2.0 body');
    expect(await askedHttp2(port, {})).toMatch(/^(400|405|426) /);
    expect(await askedHttp2(port, { 'x-ours': 'a' }, '/other')).toMatch(/^(400|404|405) /);
    expect(await askedHttp2(port, { 'x-ours': 'a', origin: 'https://evil.example' })).toMatch(
      /^403 /,
    );
  });

  it('A10: are asked the same about hosts and origins as websockets', async () => {
    const { port } = await endpointFor().listen({ port: 0, host: '127.0.0.1' });
    expect(await asked(port, { 'X-Ours': 'a', Origin: 'https://evil.example' })).toMatch(/^403 /);
    expect(await asked(port, { 'X-Ours': 'a', Origin: `http://127.0.0.1:${port}` })).toMatch(
      /^200 /,
    );
    const strict = await endpointFor({ hosts: ['acme.dev'] }).listen({
      port: 0,
      host: '127.0.0.1',
    });
    expect(await asked(strict.port, { 'X-Ours': 'a' })).toMatch(/^403 /);
  });

  it('a path has one handler, and begins with a slash or is *', () => {
    const endpoint = endpointFor();
    expect(() => endpoint.answer('/live', { wants }, echo)).toThrow(
      expect.objectContaining({ code: 'PATH_TAKEN' }),
    );
    expect(() => endpoint.answer('live', { wants }, echo)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('plain requests of an application’s server', () => {
  it.each([
    [
      'with listeners',
      () => createHttp1((_request, response) => void response.end('page')),
      '200 page',
    ],
    ['without', () => createHttp1(), '404 There is no WebSocket'],
  ])('%s: those that nobody wants are as they were', async (_what, make, other) => {
    const server = make();
    const [one, two] = [endpointFor(), createEndpoint()];
    two.answer('/two', { wants }, echo);
    one.attach(server);
    two.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo;
    expect(await asked(port, { 'X-Ours': 'a' })).toBe('200 POST /live a 1.1 body');
    expect(await asked(port, { 'X-Ours': 'a' }, '/two')).toBe('200 POST /two a 1.1 body');
    expect((await asked(port)).startsWith(other.slice(0, 8))).toBe(true);
    await one.close();
    expect((await asked(port, { 'X-Ours': 'a' })).startsWith(other.slice(0, 8))).toBe(true);
    expect(await asked(port, { 'X-Ours': 'a' }, '/two')).toBe('200 POST /two a 1.1 body');
    await two.close();
  });

  it('of HTTP/2', async () => {
    const server = createSecureServer(tls, (_request, response) => void response.end('page'));
    endpointFor().attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await askedHttp2(port, { 'x-ours': 'a' })).toBe('200 POST /live a 2.0 body');
    expect(await askedHttp2(port, {})).toBe('200 page');
  });
});
