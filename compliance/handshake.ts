/**
 * The opening handshake as the suite speaks it (RFC 6455 §4): just enough of it, in both roles.
 * In: the head the subject sent. Out: the head to send, and what is wrong with the subject's, if
 * anything.
 */
import { createHash } from 'node:crypto';

/** Any 16 bytes do (§4.1): the suite needs no surprise, only the right answer. */
const ourKey = Buffer.from('compliance-suite').toString('base64');

/** @param offer Of extensions, if there is one. */
export function request(port: number, offer?: string): string {
  return lines(`GET ${offer === undefined ? '/' : '/compressed'} HTTP/1.1`, [
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${ourKey}`,
    'Sec-WebSocket-Version: 13',
    ...(offer === undefined ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
  ]);
}

/** The extensions in a head. */
export function extensionsOf(head: string): string | undefined {
  return fieldsOf(head).get('sec-websocket-extensions');
}

/** What is wrong with the answer to our request (§4.1), or nothing. */
export function faultOfResponse(head: string, offer?: string): string | undefined {
  const fields = fieldsOf(head);
  const checks: Record<string, boolean> = {
    'the status is not 101': head.startsWith('HTTP/1.1 101 '),
    'Upgrade is not websocket': fields.get('upgrade')?.toLowerCase() === 'websocket',
    'Connection is not Upgrade': fields.get('connection')?.toLowerCase() === 'upgrade',
    'Sec-WebSocket-Accept is wrong': fields.get('sec-websocket-accept') === answerTo(ourKey),
    'an extension was not offered': offer !== undefined || !fields.has('sec-websocket-extensions'),
    'a subprotocol was not offered': !fields.has('sec-websocket-protocol'),
  };
  return Object.keys(checks).find((name) => !checks[name]);
}

/** What is wrong with the subject's request (§4.1), or nothing. */
export function faultOfRequest(head: string): string | undefined {
  const fields = fieldsOf(head);
  const key = fields.get('sec-websocket-key') ?? '';
  const checks: Record<string, boolean> = {
    'not a GET of HTTP/1.1': /^GET \/\S* HTTP\/1\.1$/.test(head.split('\r\n')[0]!),
    'Host is missing': fields.has('host'),
    'Upgrade is not websocket': fields.get('upgrade')?.toLowerCase() === 'websocket',
    'Connection is not Upgrade': fields.get('connection')?.toLowerCase() === 'upgrade',
    'Sec-WebSocket-Version is not 13': fields.get('sec-websocket-version') === '13',
    'Sec-WebSocket-Key is not 16 bytes in base64': /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key),
  };
  return Object.keys(checks).find((name) => !checks[name]);
}

/** The 101 for a request without faults. */
export function response(head: string, extensions?: string): string {
  return lines('HTTP/1.1 101 Switching Protocols', [
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${answerTo(fieldsOf(head).get('sec-websocket-key') ?? '')}`,
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
  ]);
}

function answerTo(key: string): string {
  const fixed = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  return createHash('sha1')
    .update(key + fixed)
    .digest('base64');
}

function lines(first: string, fields: readonly string[]): string {
  return `${[first, ...fields].join('\r\n')}\r\n\r\n`;
}

function fieldsOf(head: string): Map<string, string> {
  const rows = head.split('\r\n').slice(1);
  return new Map(
    rows.map((row) => {
      const colon = row.indexOf(':');
      return [row.slice(0, colon).toLowerCase(), row.slice(colon + 1).trim()];
    }),
  );
}
