import { describe, expect, it } from 'vitest';
import { AnswerReader, agreementTo } from '../../src/endpoint/answer.ts';
import { ConnectionError } from '../../src/endpoint/errors.ts';
import { acceptFor } from '../../src/protocol/index.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const request = { host: 'a', target: '/', key, subprotocols: ['chat'] };
const limits = { maxHeadBytes: 500, maxHeaders: 10 };
const accepted =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Accept: ${acceptFor(key)}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`;

/** What comes of a text that arrives in pieces of `size`, and how many of its bytes were read. */
function read(text: string, size = text.length): { outcome: unknown; bytes: number } {
  const reader = new AnswerReader(agreementTo(request), limits);
  let bytes = 0;
  for (let at = 0; at < text.length && reader.outcome === undefined; at += size) {
    bytes += reader.read(Buffer.from(text.slice(at, at + size), 'latin1'));
  }
  return { outcome: reader.outcome, bytes };
}

describe('the answer to a handshake', () => {
  it.each([1, 7, 1000])('is read up to its end and no further, in pieces of %i', (size) => {
    expect(read(`${accepted}\x81\x00`, size)).toEqual({
      outcome: { subprotocol: 'chat' },
      bytes: accepted.length,
    });
  });

  it.each([1, 1000])('RFC 9110 §15.2: may be announced by others, in pieces of %i', (size) => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';
    expect(read(hints + accepted, size).outcome).toEqual({ subprotocol: 'chat' });
  });

  it('one that never comes, behind announcements without end, is refused at the limit of all heads together', () => {
    const hint = 'HTTP/1.1 102 Processing\r\n\r\n';
    const { outcome, bytes } = read(hint.repeat(100));
    expect(outcome).toMatchObject({ code: 'HANDSHAKE_REFUSED', fault: 'HEAD_TOO_LARGE' });
    expect(bytes).toBeLessThanOrEqual(limits.maxHeadBytes + 1);
  });

  it.each([
    ['HTTP/1.1 503 Busy\r\n\r\n', { fault: 'RESPONSE_NOT_101', status: 503, retryable: true }],
    ['HTTP/1.1 429 Slow\r\n\r\n', { fault: 'RESPONSE_NOT_101', status: 429, retryable: true }],
    ['HTTP/1.1 403 No\r\n\r\n', { fault: 'RESPONSE_NOT_101', status: 403, retryable: false }],
    ['SSH-2.0-server\r\n\r\n', { fault: 'RESPONSE_MALFORMED', retryable: false }],
    ['HTTP/1.1 101 x\nUpgrade', { fault: 'HEAD_MALFORMED', retryable: false }],
  ])('%j is a refusal', (text, expected) => {
    const { outcome } = read(text);
    expect(outcome).toBeInstanceOf(ConnectionError);
    expect(outcome).toMatchObject({ code: 'HANDSHAKE_REFUSED', ...expected });
  });
});
