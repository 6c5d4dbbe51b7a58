import { describe, expect, it } from 'vitest';
import {
  type AcceptOptions,
  accept,
  type UpgradeRequest,
} from '../../../src/protocol/handshake/accept.ts';
import { HeaderList } from '../../../src/protocol/handshake/header-lists.ts';
import { UsageError } from '../../../src/protocol/usage-error.ts';
import { prototypeNames } from './prototype-names.ts';

const fields: readonly (readonly [string, string])[] = [
  ['Host', 'server.example.com'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
];

/** The request of §1.2, with these fields instead of or besides its own; undefined takes one away. */
function request(
  changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  line: Partial<UpgradeRequest> = {},
): UpgradeRequest {
  const raw: string[] = [];
  for (const [name, value] of fields) {
    if (!(name in changes)) raw.push(name, value);
  }
  for (const [name, value] of Object.entries(changes)) {
    for (const one of value === undefined ? [] : [value].flat()) raw.push(name, one);
  }
  return {
    method: 'GET',
    target: '/chat',
    httpVersion: '1.1',
    headers: new HeaderList(raw),
    ...line,
  };
}

/** The name of the refusal, or the subprotocol that was agreed on. */
function outcome(asked: UpgradeRequest, options?: AcceptOptions): string | undefined {
  const answer = accept(asked, options);
  return 'name' in answer ? answer.name : answer.agreed.subprotocol;
}

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

describe('§4.2.2 the answer of a server', () => {
  it('is that of §1.3 for the request of §1.2', () => {
    expect(accept(request())).toEqual({
      agreed: { subprotocol: undefined },
      response:
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    });
  });

  it('takes names and tokens in any case, in lists, on several lines', () => {
    const asked = request({
      Upgrade: undefined,
      upgrade: ['h2c', 'foo, WebSocket'],
      CONNECTION: 'keep-alive, Upgrade',
      Connection: undefined,
    });
    expect(outcome(asked)).toBe(undefined);
  });

  it('names the subprotocol that was chosen, and none without an offer', () => {
    const chosen = accept(request({ 'Sec-WebSocket-Protocol': ['chat, v2', 'v3'] }), {
      chooseSubprotocol: (offered) => offered.at(-1),
    });
    expect(chosen).toMatchObject({ agreed: { subprotocol: 'v3' } });
    expect('response' in chosen && chosen.response).toContain('\r\nSec-WebSocket-Protocol: v3\r\n');
    expect(outcome(request(), { chooseSubprotocol: () => 'v3' })).toBe(undefined);
    const none = accept(request({ 'Sec-WebSocket-Protocol': 'chat' }), {
      chooseSubprotocol: () => undefined,
    });
    expect('response' in none && none.response).not.toContain('Protocol:');
  });

  it('never agrees on what was not offered', () => {
    const asked = request({ 'Sec-WebSocket-Protocol': 'chat' });
    expect(codeOf(() => accept(asked, { chooseSubprotocol: () => 'Chat' }))).toBe(
      'SUBPROTOCOL_INVALID',
    );
  });

  it('ignores extensions that it does not have', () => {
    const answer = accept(request({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }));
    expect('response' in answer && answer.response).not.toContain('Extensions');
  });

  it('carries further fields, but neither line ends nor the handshake’s own', () => {
    const answer = accept(request(), { headers: { 'Set-Cookie': 'a=b' } });
    expect('response' in answer && answer.response).toContain('\r\nSet-Cookie: a=b\r\n\r\n');
    const wrong: Record<string, string>[] = [
      { 'X-A': 'b\r\nX: c' },
      { 'X A': 'b' },
      { 'X:': 'b' },
      { 'sec-websocket-accept': 'x' },
      { UPGRADE: 'x' },
      { 'Sec-WebSocket-Extensions': 'x' },
      { 'Content-Length': '0' },
      { 'transfer-encoding': 'chunked' },
    ];
    for (const headers of wrong) {
      expect(codeOf(() => accept(request(), { headers }))).toBe('HEADER_INVALID');
    }
  });
});

describe('§4.2.1 what a request must have', () => {
  const cases: readonly [string, string, UpgradeRequest][] = [
    ['another method', 'METHOD_NOT_GET', request({}, { method: 'POST' })],
    ['the method in lower case', 'METHOD_NOT_GET', request({}, { method: 'get' })],
    ['HTTP/1.0', 'HTTP_TOO_OLD', request({}, { httpVersion: '1.0' })],
    ['no version of HTTP', 'HTTP_TOO_OLD', request({}, { httpVersion: '' })],
    ['no Host', 'HOST_INVALID', request({ Host: undefined })],
    ['an empty Host', 'HOST_INVALID', request({ Host: '' })],
    ['two Hosts', 'HOST_INVALID', request({ Host: ['a', 'a'] })],
    ['no Upgrade', 'UPGRADE_MISSING', request({ Upgrade: undefined })],
    ['another Upgrade', 'UPGRADE_MISSING', request({ Upgrade: 'websockets' })],
    ['no Connection', 'UPGRADE_MISSING', request({ Connection: undefined })],
    ['another Connection', 'UPGRADE_MISSING', request({ Connection: 'keep-alive' })],
    ['no key', 'KEY_INVALID', request({ 'Sec-WebSocket-Key': undefined })],
    ['a key of 15 bytes', 'KEY_INVALID', request({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' })],
    ['two keys', 'KEY_INVALID', request({ 'Sec-WebSocket-Key': Array(2).fill(fields[3]![1]) })],
    ['no version', 'VERSION_UNSUPPORTED', request({ 'Sec-WebSocket-Version': undefined })],
    ['version 8', 'VERSION_UNSUPPORTED', request({ 'Sec-WebSocket-Version': '8' })],
    ['version 013', 'VERSION_UNSUPPORTED', request({ 'Sec-WebSocket-Version': '013' })],
    ['two versions', 'VERSION_UNSUPPORTED', request({ 'Sec-WebSocket-Version': ['13', '13'] })],
    ['a length', 'BODY_UNEXPECTED', request({ 'Content-Length': '5' })],
    ['two lengths', 'BODY_UNEXPECTED', request({ 'Content-Length': ['0', '5'] })],
    ['chunks', 'BODY_UNEXPECTED', request({ 'Transfer-Encoding': 'chunked' })],
    ['an empty subprotocol', 'SUBPROTOCOLS_INVALID', request({ 'Sec-WebSocket-Protocol': '' })],
    ['a subprotocol twice', 'SUBPROTOCOLS_INVALID', request({ 'Sec-WebSocket-Protocol': 'a, a' })],
    [
      'a subprotocol with a space',
      'SUBPROTOCOLS_INVALID',
      request({ 'Sec-WebSocket-Protocol': 'a b' }),
    ],
    [
      'an offer of extensions that cannot be read',
      'EXTENSIONS_INVALID',
      request({ 'Sec-WebSocket-Extensions': 'a; b=' }),
    ],
  ];
  for (const [what, name, asked] of cases) {
    it(`a request with ${what} is refused: ${name}`, () => {
      expect(outcome(asked)).toBe(name);
    });
  }

  it('a length of 0 is no body', () => {
    expect(outcome(request({ 'Content-Length': '0' }))).toBe(undefined);
  });

  it('A1: fields that were dropped are missing, whichever they are; nothing is thrown', () => {
    for (let kept = 0; kept < 32; kept += 1) {
      const changes: Record<string, undefined> = {};
      fields.forEach(([name], i) => {
        if ((kept & (1 << i)) === 0) changes[name] = undefined;
      });
      expect(typeof outcome(request(changes))).toBe(kept === 31 ? 'undefined' : 'string');
    }
    const many = Array.from({ length: 2000 }, (_, i) => [`x${i}`, 'y']).flat();
    const headers = new HeaderList([...many, ...fields.flat()]);
    expect(outcome({ ...request(), headers })).toBe(undefined);
  });

  it('A2: subprotocols named like a property of every object are names like any other', () => {
    for (const name of prototypeNames) {
      const asked = request({ 'Sec-WebSocket-Protocol': `a, ${name}` });
      expect(outcome(asked, { chooseSubprotocol: (offered) => offered[1] })).toBe(name);
      expect(outcome(asked, { chooseSubprotocol: () => undefined })).toBe(undefined);
      expect(outcome(request({ [name]: name }))).toBe(undefined);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
