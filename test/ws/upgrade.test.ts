import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readUpgrade, refuse } from '../../src/ws/upgrade.ts';

const good = {
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
const read = (fields: object, method = 'GET', deflate?: object) =>
  readUpgrade({ method, headers: { ...good, ...fields } } as IncomingMessage, deflate);

describe('RFC 6455 §4.2: a request to upgrade', () => {
  it('is good with a key and version 13 or 8', () => {
    expect(read({})).toEqual({
      key: good['sec-websocket-key'],
      version: 13,
      protocols: new Set(),
      extensions: {},
    });
    expect(read({ 'sec-websocket-version': '8' })).toMatchObject({ version: 8 });
  });

  it('has compression chosen only when that is wanted', () => {
    const offer = { 'sec-websocket-extensions': 'permessage-deflate' };
    expect(read(offer)).toMatchObject({ extensions: {} });
    expect(read(offer, 'GET', {})).toMatchObject({
      extensions: { 'permessage-deflate': { field: 'permessage-deflate' } },
    });
    expect(read({ 'sec-websocket-extensions': 'other' }, 'GET', {})).toMatchObject({
      extensions: {},
    });
  });

  it('is refused when compression is wanted and no offer can be taken', () => {
    const message = 'Invalid or unacceptable Sec-WebSocket-Extensions header';
    for (const offer of ['permessage-deflate; server_max_window_bits=16', 'a b']) {
      const fields = { 'sec-websocket-extensions': offer };
      expect(read(fields, 'GET', {})).toEqual({ status: 400, message });
      expect(read(fields)).toMatchObject({ version: 13 });
    }
  });

  it('offers subprotocols in its order', () => {
    const upgrade = read({ 'sec-websocket-protocol': 'b, a' }) as { protocols: Set<string> };
    expect([...upgrade.protocols]).toEqual(['b', 'a']);
  });

  it.each([
    ['another method', {}, 'POST', 405, 'Invalid HTTP method'],
    ['another upgrade', { upgrade: 'h2c' }, 'GET', 400, 'Invalid Upgrade header'],
    [
      'a key of 15 bytes',
      { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25j' },
      'GET',
      400,
      'Missing or invalid Sec-WebSocket-Key header',
    ],
    [
      'another version',
      { 'sec-websocket-version': '7' },
      'GET',
      400,
      'Missing or invalid Sec-WebSocket-Version header',
    ],
    [
      'a subprotocol twice',
      { 'sec-websocket-protocol': 'a,a' },
      'GET',
      400,
      'Invalid Sec-WebSocket-Protocol header',
    ],
  ])('is refused with %s', (_, fields, method, status, message) => {
    expect(read(fields, method)).toMatchObject({ status, message });
  });

  it('is told which versions there are', () => {
    expect(read({ 'sec-websocket-version': '7' })).toMatchObject({
      headers: { 'Sec-WebSocket-Version': '13, 8' },
    });
  });
});

describe('a refusal', () => {
  it('is written whole, with the fields given, and then the socket is gone', async () => {
    const socket = new PassThrough();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    refuse(socket, 403, 'not yoü', { 'X-Why': 'because' });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(chunks).toString()).toBe(
      'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\n' +
        'Content-Length: 8\r\nX-Why: because\r\n\r\nnot yoü',
    );
  });
});
