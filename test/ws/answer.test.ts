import { describe, expect, it } from 'vitest';
import { judgeAnswer } from '../../src/ws/answer.ts';

// The pair of RFC 6455 §1.3.
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const good = { upgrade: 'WebSocket', 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' };
const asked = (...protocols: string[]) => ({ key, protocols: new Set(protocols) });

describe('RFC 6455 §4.1: the answer of a server', () => {
  it('is good without a subprotocol when none was asked for', () => {
    expect(judgeAnswer(good, asked())).toEqual({ protocol: '' });
  });

  it('is good with one of those asked for', () => {
    const answer = { ...good, 'sec-websocket-protocol': 'b' };
    expect(judgeAnswer(answer, asked('a', 'b'))).toEqual({ protocol: 'b' });
  });

  it('is good with the compression that was offered, and with none', () => {
    const answer = { ...good, 'sec-websocket-extensions': 'permessage-deflate' };
    expect(judgeAnswer(answer, { ...asked(), deflate: {} })).toMatchObject({
      deflate: { field: 'permessage-deflate' },
    });
    expect(judgeAnswer(good, { ...asked(), deflate: {} })).toEqual({ protocol: '' });
  });

  it.each([
    ['other', 'Server indicated an extension that was not requested'],
    ['permessage-deflate; a', 'Invalid Sec-WebSocket-Extensions header'],
    ['permessage-deflate;', 'Invalid Sec-WebSocket-Extensions header'],
    ['permessage-deflate, other', 'Server indicated an extension that was not requested'],
  ])('is refused with the extension “%s”', (field, wrong) => {
    const headers = { ...good, 'sec-websocket-extensions': field };
    expect(judgeAnswer(headers, { ...asked(), deflate: {} })).toEqual({ wrong });
  });

  it.each([
    ['no upgrade', { upgrade: undefined }, [], 'Invalid Upgrade header'],
    ['another upgrade', { upgrade: 'h2c' }, [], 'Invalid Upgrade header'],
    ['another accept', { 'sec-websocket-accept': 'a' }, [], 'Invalid Sec-WebSocket-Accept header'],
    ['a missing subprotocol', {}, ['a'], 'Server sent no subprotocol'],
    [
      'a subprotocol unasked',
      { 'sec-websocket-protocol': 'a' },
      [],
      'Server sent a subprotocol but none was requested',
    ],
    [
      'a subprotocol of its own',
      { 'sec-websocket-protocol': 'b' },
      ['a'],
      'Server sent an invalid subprotocol',
    ],
    [
      'an extension unasked',
      { 'sec-websocket-extensions': 'permessage-deflate' },
      [],
      'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    ],
  ])('is refused with %s', (_, fields, protocols, wrong) => {
    const headers = { ...good, ...fields } as Record<string, string>;
    expect(judgeAnswer(headers, asked(...protocols))).toEqual({ wrong });
  });
});
