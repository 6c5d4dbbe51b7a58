import { describe, expect, it } from 'vitest';
import {
  acceptExtended,
  refusalSection,
} from '../../../src/protocol/handshake/extended-connect.ts';
import {
  type FieldSection,
  readFieldSection,
} from '../../../src/protocol/handshake/field-section.ts';
import { type Refusal, refusals } from '../../../src/protocol/handshake/refusals.ts';
import { UsageError } from '../../../src/protocol/usage-error.ts';

/** What a browser asks; undefined leaves a field out. */
function request(changed: Readonly<Record<string, string | undefined>> = {}): FieldSection {
  const fields = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':path': '/chat',
    ':authority': 'server.example.com',
    'sec-websocket-version': '13',
    ...changed,
  };
  return readFieldSection(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
  );
}

describe('RFC 8441 §5.1 the example', () => {
  it('is accepted with a 200 and the subprotocol', () => {
    const asked = request({
      'sec-websocket-protocol': 'chat, superchat',
      'sec-websocket-extensions': 'permessage-deflate',
      origin: 'http://www.example.com',
    });
    expect(acceptExtended(asked, { chooseSubprotocol: () => 'chat' })).toEqual({
      agreed: { subprotocol: 'chat' },
      status: 200,
      fields: { 'Sec-WebSocket-Protocol': 'chat' },
    });
  });
});

describe('RFC 8441 §5 the answer', () => {
  it('has no fields when nothing was asked for', () => {
    expect(acceptExtended(request())).toEqual({
      agreed: { subprotocol: undefined },
      status: 200,
      fields: {},
    });
  });

  it('answers a key, though none is needed, and passes over one that is none', () => {
    const fieldsFor = (key: string): unknown => {
      const answer = acceptExtended(request({ 'sec-websocket-key': key }));
      return 'fields' in answer ? answer.fields : answer;
    };
    expect(fieldsFor('dGhlIHNhbXBsZSBub25jZQ==')).toEqual({
      'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    });
    expect(fieldsFor('short')).toEqual({});
  });

  it('takes http, which is ws', () => {
    expect(acceptExtended(request({ ':scheme': 'http' }))).toMatchObject({ status: 200 });
  });

  it('a subprotocol that was not offered is a mistake of ours', () => {
    const asked = request({ 'sec-websocket-protocol': 'a' });
    expect(() => acceptExtended(asked, { chooseSubprotocol: () => 'b' })).toThrow(
      expect.objectContaining({ code: 'SUBPROTOCOL_INVALID' }),
    );
  });
});

describe('RFC 8441 §5 what is refused', () => {
  const cases: readonly [string, string, FieldSection][] = [
    ['another method', 'METHOD_NOT_CONNECT', request({ ':method': 'GET' })],
    ['no protocol', 'PROTOCOL_UNKNOWN', request({ ':protocol': undefined })],
    ['another protocol', 'PROTOCOL_UNKNOWN', request({ ':protocol': 'connect-udp' })],
    ['the protocol in capitals', 'PROTOCOL_UNKNOWN', request({ ':protocol': 'WebSocket' })],
    ['another scheme', 'TARGET_INVALID', request({ ':scheme': 'wss' })],
    ['no scheme', 'TARGET_INVALID', request({ ':scheme': undefined })],
    ['no path', 'TARGET_INVALID', request({ ':path': undefined })],
    ['a path that is none', 'TARGET_INVALID', request({ ':path': '*' })],
    ['no authority', 'HOST_INVALID', request({ ':authority': undefined })],
    ['an empty authority', 'HOST_INVALID', request({ ':authority': '' })],
    ['two names', 'HOST_INVALID', request({ host: 'other.example.com' })],
    ['no version', 'VERSION_UNSUPPORTED', request({ 'sec-websocket-version': undefined })],
    ['another version', 'VERSION_UNSUPPORTED', request({ 'sec-websocket-version': '8' })],
    ['a body', 'BODY_UNEXPECTED', request({ 'content-length': '0' })],
    ['subprotocols twice', 'SUBPROTOCOLS_INVALID', request({ 'sec-websocket-protocol': 'a, a' })],
    ['no grammar', 'EXTENSIONS_INVALID', request({ 'sec-websocket-extensions': 'a; ;' })],
  ];
  it.each(cases)('%s: %s', (_what, name, asked) => {
    expect(acceptExtended(asked)).toBe(refusals[name as keyof typeof refusals]);
  });
});

describe('the fields of a refusal', () => {
  const refusing = (headers: Record<string, string>): Refusal => ({
    name: 'REFUSED',
    status: 401,
    message: 'No.',
    headers,
  });

  it('are those it has, without what only HTTP/1.1 knows', () => {
    expect(refusalSection(refusals.VERSION_UNSUPPORTED)).toEqual({
      'Sec-WebSocket-Version': '13',
      'content-type': 'text/plain; charset=utf-8',
    });
    expect(refusalSection(refusing({ 'Keep-Alive': '5', 'Retry-After': '9' }))).toEqual({
      'Retry-After': '9',
      'content-type': 'text/plain; charset=utf-8',
    });
    expect(refusalSection({ name: 'REFUSED', status: 403, message: '' })).toEqual({
      'content-type': 'text/plain; charset=utf-8',
    });
  });

  it.each([
    ['a line end', { A: 'b\r\nC: d' }],
    ['a name that is none', { ':status': '200' }],
    ['how long it is', { 'Content-Length': '5' }],
    ['what kind it is', { 'content-type': 'text/html' }],
    ['what becomes of the connection', { Connection: 'close' }],
  ])('say %s: a mistake', (_what, headers) => {
    expect(() => refusalSection(refusing(headers))).toThrow(UsageError);
  });
});
