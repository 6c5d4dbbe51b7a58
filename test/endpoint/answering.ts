/** Servers for the tests of dialling, which answer as they are told, and what a dialling fails with. */
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { ConnectionError, type DialOptions, dial } from '../../src/endpoint/index.ts';
import { connectionCount } from './support.ts';

export interface Answering {
  readonly url: string;
  readonly port: number;
  /** Heads of requests that came. */
  readonly heads: string[];
  readonly sockets: Socket[];
  readonly count: () => Promise<number>;
}

/** A server that hands each connection to `answer` when the head of its request is here, or at once. */
export async function answering(
  answer: (socket: Socket, head: string) => void,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<Answering> {
  const heads: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('end', () => void socket.end());
    onTestFinished(() => void socket.destroy());
    let head = '';
    if (atOnce) {
      answer(socket, head);
    }
    socket.on('data', (chunk: Buffer) => {
      const isWhole = head.includes('\r\n\r\n');
      head += chunk.toString('latin1');
      if (!isWhole && head.includes('\r\n\r\n')) {
        heads.push(head);
        if (!atOnce) {
          answer(socket, head);
        }
      }
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const count = (): Promise<number> => connectionCount(server);
  return { url: `ws://127.0.0.1:${port}/`, port, heads, sockets, count };
}

export function acceptOf(head: string): string {
  const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)![1]!;
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

export function switching(head: string, extra = '', accept = acceptOf(head)): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${extra}\r\n`;
}

export async function failure(url: string, options?: DialOptions): Promise<ConnectionError> {
  try {
    await dial(url, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionError);
    return error as ConnectionError;
  }
  throw new Error('it opened');
}

export const told = (error: ConnectionError): unknown => {
  const { code, retryable, fault, status } = error;
  return { code, retryable, fault, status };
};
