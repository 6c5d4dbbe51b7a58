import { describe, expect, it } from 'vitest';
import { accept } from '../../../src/protocol/handshake/accept.ts';
import { HeaderList } from '../../../src/protocol/handshake/header-lists.ts';
import { acceptFor } from '../../../src/protocol/handshake/key.ts';
import {
  checkResponse,
  type HandshakeRequest,
  requestHead,
} from '../../../src/protocol/handshake/request.ts';
import { UsageError } from '../../../src/protocol/usage-error.ts';
import { prototypeNames } from './prototype-names.ts';

const asked: HandshakeRequest = {
  host: 'server.example.com',
  target: '/chat?a=b',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
};

function codeOf(request: Partial<HandshakeRequest>): string | undefined {
  try {
    requestHead({ ...asked, ...request });
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

describe('§4.1 the request of a client', () => {
  it('has every field that the standard asks for, and ends with an empty line', () => {
    const subprotocols = ['chat', 'v2.chat'];
    expect(requestHead({ ...asked, subprotocols, headers: { Origin: 'http://a' } })).toBe(
      'GET /chat?a=b HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n' +
        'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, v2.chat\r\n' +
        'Origin: http://a\r\n\r\n',
    );
    expect(requestHead(asked)).not.toContain('Protocol');
  });

  it('is one that our own server takes', () => {
    const [line, ...rest] = requestHead({ ...asked, subprotocols: ['a', 'b'] }).split('\r\n');
    const [method = '', target = ''] = line!.split(' ');
    const raw = rest.filter((field) => field !== '').flatMap((field) => field.split(': '));
    const request = { method, target, httpVersion: '1.1', headers: new HeaderList(raw) };
    const answer = accept(request, { chooseSubprotocol: ([first]) => first });
    expect(answer).toMatchObject({ agreed: { subprotocol: 'a' } });
  });

  it('A9: cannot be made to carry spaces or line ends in its first lines', () => {
    const targets = ['', 'chat', '/a b', '/a\r\nX: y', '/\u00e9', '/\x7f', '*', 'http://a/'];
    expect(targets.map((target) => codeOf({ target }))).toEqual(targets.map(() => 'URL_INVALID'));
    for (const host of ['', 'a b', 'a\r\nX: y', 'a\0']) {
      expect(codeOf({ host })).toBe('URL_INVALID');
    }
  });

  it('offers distinct tokens only', () => {
    for (const subprotocols of [[''], ['a b'], ['a,b'], ['a', 'a'], ['é']]) {
      expect(codeOf({ subprotocols })).toBe('SUBPROTOCOL_INVALID');
    }
    expect(codeOf({ subprotocols: ['a', 'A'] })).toBe(undefined);
  });

  it('A2: offers and sends names that every object has', () => {
    expect(codeOf({ subprotocols: prototypeNames })).toBe(undefined);
    for (const name of prototypeNames) {
      const headers = Object.fromEntries([[name, 'x']]);
      expect(requestHead({ ...asked, headers })).toContain(`\r\n${name}: x\r\n`);
    }
  });

  it('refuses fields that cannot be sent, or are its own', () => {
    const names = ['host', 'Upgrade', 'CONNECTION', 'Sec-WebSocket-Key', 'sec-websocket-version'];
    names.push('Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Content-Length');
    names.push('Transfer-Encoding', 'Sec-WebSocket-Accept', 'a b', '', 'a:');
    for (const name of names) {
      expect(codeOf({ headers: { [name]: 'x' } })).toBe('HEADER_INVALID');
    }
    expect(codeOf({ headers: { Cookie: 'a\r\nX: y' } })).toBe('HEADER_INVALID');
    expect(codeOf({ headers: { Cookie: 'a€' } })).toBe('HEADER_INVALID');
  });
});

describe('§4.1 the answer of the server', () => {
  const good = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': acceptFor(asked.key),
  };

  function check(
    startLine: string,
    changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
    subprotocols: readonly string[] = [],
  ) {
    const raw = Object.entries({ ...good, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().flatMap((one) => [name, one]),
    );
    const headers = new HeaderList(raw);
    const answer = checkResponse({ startLine, headers }, { ...asked, subprotocols });
    return 'name' in answer ? [answer.name, answer.status] : answer.subprotocol;
  }
  const ok = 'HTTP/1.1 101 Switching Protocols';

  it('opens the connection when all six checks pass', () => {
    expect(check(ok)).toBe(undefined);
    expect(check('HTTP/1.1 101')).toBe(undefined);
    expect(
      check('HTTP/1.1 101 ', { Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' }),
    ).toBe(undefined);
    expect(check(ok, { 'Sec-WebSocket-Protocol': 'b' }, ['a', 'b'])).toBe('b');
    expect(check(ok, {}, ['a'])).toBe(undefined);
  });

  const deflate = {
    contextTakeover: true,
    peerContextTakeover: true,
    windowBits: 15,
    peerWindowBits: 15,
  };
  const offering = { ...asked, deflate };
  const answering = (...extensions: string[]) => {
    const raw = Object.entries(good).flat();
    const lines = extensions.flatMap((value) => ['Sec-WebSocket-Extensions', value]);
    const answer = checkResponse(
      { startLine: ok, headers: new HeaderList([...raw, ...lines]) },
      offering,
    );
    return 'name' in answer ? answer.name : answer.deflate;
  };

  it('RFC 7692 §7.1: compresses as the server says, when it was offered', () => {
    expect(requestHead(offering)).toContain(
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate\r\n',
    );
    expect(answering()).toBe(undefined);
    expect(answering('permessage-deflate; server_max_window_bits=9')).toMatchObject({
      receiveWindowBits: 9,
    });
  });

  it('C2 RFC 7692 §7.1: is refused when the server does what the offer does not allow', () => {
    for (const wrong of [
      ['permessage-deflate; server_max_window_bits=1000'],
      ['permessage-deflate, permessage-deflate'],
      ['permessage-deflate', 'permessage-deflate'],
      ['permessage-deflate, x-other'],
      ['x-other'],
      ['a b'],
      [''],
    ]) {
      expect(answering(...wrong)).toBe('RESPONSE_EXTENSION_WRONG');
    }
  });

  it('is refused with any other status, which is told', () => {
    for (const status of [100, 200, 301, 401, 404, 426, 503]) {
      expect(check(`HTTP/1.1 ${status} X`)).toEqual(['RESPONSE_NOT_101', status]);
    }
  });

  it('is refused unless it is HTTP/1.1', () => {
    const lines = ['', 'HTTP/1.0 101 X', 'HTTP/2 101', 'HTTP/1.1  101', 'HTTP/1.1 10', 'SSH-2.0'];
    lines.push('HTTP/1.1 1010', 'HTTP/1.1 1O1 X', 'http/1.1 101 X', 'HTTP/1.1 +10 X');
    for (const line of lines) {
      expect(check(line)).toEqual(['RESPONSE_MALFORMED', undefined]);
    }
  });

  const wrong: readonly [string, Record<string, string | string[] | undefined>][] = [
    ['RESPONSE_NOT_UPGRADED', { Upgrade: undefined }],
    ['RESPONSE_NOT_UPGRADED', { Upgrade: 'h2c' }],
    ['RESPONSE_NOT_UPGRADED', { Upgrade: ['websocket', 'websocket'] }],
    ['RESPONSE_NOT_UPGRADED', { Connection: undefined }],
    ['RESPONSE_NOT_UPGRADED', { Connection: 'close' }],
    ['RESPONSE_ACCEPT_WRONG', { 'Sec-WebSocket-Accept': undefined }],
    ['RESPONSE_ACCEPT_WRONG', { 'Sec-WebSocket-Accept': acceptFor(asked.key).toLowerCase() }],
    ['RESPONSE_ACCEPT_WRONG', { 'Sec-WebSocket-Accept': Array(2).fill(acceptFor(asked.key)) }],
    ['RESPONSE_EXTENSION_UNASKED', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
    ['RESPONSE_SUBPROTOCOL_WRONG', { 'Sec-WebSocket-Protocol': 'c' }],
    ['RESPONSE_SUBPROTOCOL_WRONG', { 'Sec-WebSocket-Protocol': 'A' }],
    ['RESPONSE_SUBPROTOCOL_WRONG', { 'Sec-WebSocket-Protocol': 'a, b' }],
    ['RESPONSE_SUBPROTOCOL_WRONG', { 'Sec-WebSocket-Protocol': ['a', 'b'] }],
  ];
  for (const [name, changes] of wrong) {
    it(`is refused with ${JSON.stringify(changes)}: ${name}`, () => {
      expect(check(ok, changes, ['a', 'b'])).toEqual([name, 101]);
    });
  }

  it('is refused with a subprotocol when none was offered', () => {
    expect(check(ok, { 'Sec-WebSocket-Protocol': 'a' })).toEqual([
      'RESPONSE_SUBPROTOCOL_WRONG',
      101,
    ]);
  });
});
