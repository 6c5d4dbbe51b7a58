import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readUpgrade, refuse } from '../../src/ws/upgrade.ts';

const good = {
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
const read = (fields: object, method = 'GET') =>
  readUpgrade({ method, headers: { ...good, ...fields } } as IncomingMessage);

describe('RFC 6455 §4.2: a request to upgrade', () => {
  it('is good with a key and version 13 or 8', () => {
    expect(read({})).toEqual({ key: good['sec-websocket-key'], version: 13, protocols: new Set() });
    expect(read({ 'sec-websocket-version': '8' })).toMatchObject({ version: 8 });
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
