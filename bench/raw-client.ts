/**
 * The load: clients as cheap as they can be on Node, so that the server is what is measured. They know only as much of
 * the protocol as one frame of one length needs, and check that what comes back is what was sent.
 */
import { connect, type Socket } from 'node:net';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const maskingKey = Buffer.from([0x12, 0x9a, 0x5c, 0xe7]);
/** One buffer for all reads: what arrives is counted, checked and forgotten. */
const shared = Buffer.allocUnsafeSlow(1024 * 1024);

/** A masked binary frame, and the frame that a server sends back for it. */
export interface Exchange {
  readonly sent: Buffer;
  readonly received: Buffer;
}

export function exchangeOf(bytes: number): Exchange {
  const payload = Buffer.from(Array.from({ length: bytes }, (_, i) => 97 + (i % 26)));
  const masked = Buffer.from(payload.map((byte, i) => byte ^ maskingKey[i & 3]!));
  const length = bytes < 126 ? Buffer.from([bytes]) : Buffer.from([126, bytes >> 8, bytes & 0xff]);
  const maskedLength = Buffer.from(length);
  maskedLength[0]! |= 0x80;
  const first = Buffer.from([0x82]);
  return {
    sent: Buffer.concat([first, maskedLength, maskingKey, masked]),
    received: Buffer.concat([first, length, payload]),
  };
}

export interface RawClient {
  readonly socket: Socket;
  /** Called with how many whole frames came. */
  onFrames: (count: number) => void;
}

/** Opens one connection. Frames of exactly `expected.length` bytes are counted; the first of each read is compared. */
export function openRaw(port: number, path: string, expected: Buffer): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    let head = '';
    let carried = 0;
    const take = (length: number): boolean => {
      if (head !== 'done') {
        head += shared.toString('latin1', 0, length);
        if (head.endsWith('\r\n\r\n')) {
          if (!head.startsWith('HTTP/1.1 101') || !head.includes(accept)) {
            reject(new Error(`the handshake was refused: ${head.slice(0, 80)}`));
          }
          head = 'done';
          resolve(client);
        }
        return true;
      }
      const whole = carried + length;
      if (carried === 0 && length >= expected.length) {
        check(shared, expected);
      }
      carried = whole % expected.length;
      client.onFrames(Math.floor(whole / expected.length));
      return true;
    };
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: shared, callback: take },
    });
    const client: RawClient = { socket, onFrames: () => {} };
    socket.on('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });
}

function check(bytes: Buffer, expected: Buffer): void {
  if (bytes.compare(expected, 0, expected.length, 0, expected.length) !== 0) {
    throw new Error('the server sent something else than was sent to it');
  }
}
