import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cut } from '../../src/endpoint/cut.ts';

async function listening(server: import('node:net').Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('RFC 8441 §5: ending at once', () => {
  it('a stream of HTTP/2 is reset with CANCEL', async () => {
    const server = createHttp2Server();
    const code = new Promise<number>((resolve) => {
      server.on('stream', (stream) => {
        stream.on('error', () => {});
        stream.on('close', () => resolve(stream.rstCode));
        stream.respond({ ':status': 200 });
      });
    });
    const session = connectHttp2(`http://127.0.0.1:${await listening(server)}`);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':path': '/' }, { endStream: false });
    await new Promise((resolve) => stream.once('response', resolve));
    cut(stream);
    cut(stream);
    expect(stream.destroyed).toBe(true);
    expect(await code).toBe(8);
  });

  it('a socket is gone', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
    });
    const socket = connect(await listening(server), '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    cut(socket);
    expect(socket.destroyed).toBe(true);
  });
});
