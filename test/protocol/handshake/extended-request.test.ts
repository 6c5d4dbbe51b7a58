import { describe, expect, it } from 'vitest';
import {
  checkExtendedResponse,
  type ExtendedRequest,
  extendedRequest,
} from '../../../src/protocol/handshake/extended-request.ts';
import { HeaderList } from '../../../src/protocol/handshake/header-lists.ts';

const plain: ExtendedRequest = { scheme: 'https', host: 'server.example', target: '/chat?a=b' };

describe('RFC 8441 §5 the request', () => {
  it('is a CONNECT with a protocol; pseudo-fields first, names in lower case, and no key', () => {
    const fields = extendedRequest({
      ...plain,
      subprotocols: ['a', 'b'],
      headers: { Origin: 'https://page.example', Cookie: 'c=d' },
    });
    expect(Object.entries(fields)).toEqual([
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'https'],
      [':path', '/chat?a=b'],
      [':authority', 'server.example'],
      ['sec-websocket-version', '13'],
      ['sec-websocket-protocol', 'a, b'],
      ['origin', 'https://page.example'],
      ['cookie', 'c=d'],
    ]);
  });

  it.each([
    ["the handshake's own", { 'Sec-WebSocket-Key': 'x' }],
    ['one of the connection (RFC 9113 §8.2.2)', { Connection: 'close' }],
    ['another of the connection', { 'Keep-Alive': '5' }],
    ['another of the connection', { TE: 'trailers' }],
    ['another of the connection', { 'Proxy-Connection': 'close' }],
    ['a pseudo-field', { ':path': '/' }],
    ['given twice', { Cookie: 'a=b', cookie: 'c=d' }],
    ['with a line end', { A: 'b\r\nC: d' }],
    ['without a name', { '': 'a' }],
  ])('a field that is %s cannot be sent', (_what, headers) => {
    expect(() => extendedRequest({ ...plain, headers })).toThrow(
      expect.objectContaining({ code: 'HEADER_INVALID' }),
    );
  });

  it.each([
    [{ target: 'no-slash' }, 'URL_INVALID'],
    [{ target: '/a b' }, 'URL_INVALID'],
    [{ host: 'a\r\nb' }, 'URL_INVALID'],
    [{ host: '' }, 'URL_INVALID'],
    [{ subprotocols: ['a', 'a'] }, 'SUBPROTOCOL_INVALID'],
  ])('%j is refused with %s', (wrong, code) => {
    expect(() => extendedRequest({ ...plain, ...wrong })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('RFC 8441 §5 the answer', () => {
  const answer = (status: number, ...raw: string[]): unknown =>
    checkExtendedResponse({ status, headers: new HeaderList(raw) }, { subprotocols: ['a'] });

  it('opens with 2xx, and needs no Accept', () => {
    expect(answer(200)).toEqual({ subprotocol: undefined });
    expect(answer(299, 'sec-websocket-protocol', 'a')).toEqual({ subprotocol: 'a' });
  });

  it.each([199, 101, 300, 403, 503])('%i does not', (status) => {
    expect(answer(status)).toMatchObject({ name: 'RESPONSE_NOT_200', status });
  });

  it('chooses as over HTTP/1.1', () => {
    expect(answer(200, 'sec-websocket-protocol', 'b')).toMatchObject({
      name: 'RESPONSE_SUBPROTOCOL_WRONG',
      status: 200,
    });
    expect(answer(200, 'sec-websocket-extensions', 'x')).toMatchObject({
      name: 'RESPONSE_EXTENSION_UNASKED',
      status: 200,
    });
  });
});
