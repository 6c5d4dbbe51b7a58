import { describe, expect, it } from 'vitest';
import type { WebsocketRequest } from '../../src/endpoint/index.ts';
import { eventually, RawPeer, serve } from './support.ts';

async function requestFor(path: string, extra = ''): Promise<WebsocketRequest> {
  const requests: WebsocketRequest[] = [];
  const { endpoint, port } = await serve();
  endpoint.mount('*', {}, (_websocket, request) => void requests.push(request));
  await RawPeer.open(port, { path, extra });
  await eventually(() => requests.length > 0);
  return requests[0]!;
}

describe('a request as the application sees it', () => {
  it('has its path, its query and its fields', async () => {
    const request = await requestFor('/a/b%20c?d=e&d=f?g', 'X-One: 1\r\nx-ONE: 2\r\n');
    expect(request).toMatchObject({
      method: 'GET',
      target: '/a/b%20c?d=e&d=f?g',
      httpVersion: '1.1',
      path: '/a/b%20c',
      address: '127.0.0.1',
      secure: false,
    });
    expect(request.query.getAll('d')).toEqual(['e', 'f?g']);
    expect(request.headers.all('x-one')).toEqual(['1', '2']);
  });

  it('without a query has an empty one', async () => {
    const request = await requestFor('/a');
    expect([...request.query]).toEqual([]);
    expect(request.path).toBe('/a');
  });

  it('A2: a query is no object', async () => {
    const request = await requestFor('/a?__proto__=1');
    expect(request.query.get('__proto__')).toBe('1');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
