/** Fields that ask for a websocket in every wrong way, from a peer that writes its own frames. */
import { describe, expect, it } from 'vitest';
import { serveHttp2 } from './http2-peers.ts';
import {
  connectFields,
  endStream,
  type Fields,
  headersFrame,
  RawHttp2,
  types,
} from './raw-http2.ts';
import { isServed, opened, said } from './raw-streams.ts';
import { text, uncaught } from './support.ts';

/** RFC 9113 §7. */
const protocolError = 1;

describe('A9, RFC 9113 §8.3: fields', () => {
  const without = (...names: string[]): Fields =>
    connectFields().filter(([name]) => !names.includes(name));
  const with_ = (...more: [string, string][]): Fields => [
    ...without(...more.map(([name]) => name)),
    ...more,
  ];
  const first = (...more: [string, string][]): Fields => [
    ...more,
    ...without(...more.map(([name]) => name)),
  ];
  // Either: newer versions of nghttp2 look at it themselves.
  const wrong: [string, Fields, 'refused' | 'reset' | 'either'][] = [
    [
      'a CONNECT as of old, to a host and a port',
      [
        [':method', 'CONNECT'],
        [':authority', 'localhost:443'],
      ],
      'refused',
    ],
    ['a CONNECT without :protocol', without(':protocol'), 'reset'],
    ['another :protocol', first([':protocol', 'webtransport']), 'refused'],
    ['a :protocol in capitals', first([':protocol', 'WebSocket']), 'refused'],
    ['a GET with a :protocol', first([':method', 'GET']), 'reset'],
    ['no :scheme', without(':scheme'), 'reset'],
    ['a :scheme that is none of ours', first([':scheme', 'ftp']), 'refused'],
    ['no :path', without(':path'), 'reset'],
    ['a :path of nothing', first([':path', '']), 'reset'],
    ['a :path that is a star', first([':path', '*']), 'reset'],
    ['no :authority', without(':authority'), 'reset'],
    ['a host beside the :authority', with_(['host', 'other.example']), 'refused'],
    [':authority with a user', first([':authority', 'user@localhost']), 'either'],
    ['A8: the :authority of a stranger', first([':authority', 'rebound.example']), 'refused'],
    [':path twice', [[':path', '/'], ...connectFields()], 'reset'],
    [':protocol twice', [[':protocol', 'websocket'], ...connectFields()], 'reset'],
    [':authority twice', [[':authority', 'localhost'], ...connectFields()], 'reset'],
    [':method twice', [[':method', 'CONNECT'], ...connectFields()], 'reset'],
    ['a pseudo-field that is unknown', [[':unknown', 'a'], ...connectFields()], 'reset'],
    ['a :status', [[':status', '200'], ...connectFields()], 'reset'],
    ['a pseudo-field behind others', [...without(':path'), [':path', '/']], 'reset'],
    ['a name in capitals', with_(['X-Name', 'a']), 'reset'],
    ['a field of HTTP/1.1', with_(['connection', 'upgrade']), 'reset'],
    ['another field of HTTP/1.1', with_(['upgrade', 'websocket']), 'reset'],
    ['transfer-encoding', with_(['transfer-encoding', 'chunked']), 'reset'],
    ['te that is not trailers', with_(['te', 'gzip']), 'reset'],
    ['content-length', with_(['content-length', '11']), 'refused'],
    ['no version', without('sec-websocket-version'), 'refused'],
    ['an old version', with_(['sec-websocket-version', '8']), 'refused'],
    ['two versions', [...connectFields(), ['sec-websocket-version', '8']], 'refused'],
    ['the origin of a stranger', with_(['origin', 'https://evil.example']), 'refused'],
    [
      'two origins',
      [...with_(['origin', 'https://localhost']), ['origin', 'https://localhost']],
      'refused',
    ],
    ['the same origin over http', with_(['origin', 'http://localhost']), 'refused'],
    ['a subprotocol twice', with_(['sec-websocket-protocol', 'a, a']), 'refused'],
    ['extensions that cannot be read', with_(['sec-websocket-extensions', 'a; =b']), 'refused'],
  ];
  it.each(wrong)('%s: refused or reset, and the others go on', async (_what, fields, how) => {
    const errors = uncaught();
    const { peer, served } = await opened(1);
    peer.write(headersFrame(3, fields), said(3, text('hello')));
    const isReset = (): boolean => peer.rstCode(3) === protocolError;
    const isRefused = (): boolean =>
      peer.of(types.data, 3).some(({ flags }) => flags === endStream) &&
      /^[A-Z][ -~]+\.\n$/.test(peer.heard(3).toString());
    await peer.until(() => (how !== 'refused' && isReset()) || (how !== 'reset' && isRefused()));
    expect(served.endpoint.websockets.size).toBe(1);
    await isServed(peer, 1);
    expect(errors).toEqual([]);
  });

  it.each<[string, [string, string]]>([
    ['a name with a blank', ['x name', 'a']],
    ['a value with a line', ['x-value', 'a\r\nhost: b']],
    ['a value with a zero', ['x-value', 'a\0b']],
  ])('%s is as if it were not there', async (_what, field) => {
    const { port, endpoint } = await serveHttp2();
    const seen: unknown[] = [];
    endpoint.mount('/seen', { hosts: 'any' }, (_websocket, { headers }) => {
      seen.push(headers.count, headers.all('x-value'), headers.all('x name'), headers.all('host'));
    });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields('/seen', [field])));
    await peer.until(() => peer.count(types.headers, 1) > 0);
    expect(seen).toEqual([2, [], [], ['localhost']]);
  });
});
