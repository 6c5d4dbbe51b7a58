import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial } from '../../src/endpoint/index.ts';
import { acceptFor } from '../../src/protocol/index.ts';

/** A server that answers a handshake only when it is told to. */
async function slowServer(): Promise<{ url: string; asked: string[]; answer: () => void }> {
  const waiting: (() => void)[] = [];
  const sockets: Socket[] = [];
  const asked: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (head) => {
      const text = head.toString('latin1');
      asked.push(text.split(' ')[1]!);
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(text)![1]!;
      waiting.push(() =>
        socket.write(
          'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 x\r\nUpgrade: websocket\r\n' +
            `Connection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`,
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `ws://127.0.0.1:${port}`, asked, answer: () => waiting.shift()?.() };
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('§4.1 item 2: dialling one server', () => {
  it('each waits for the one before it; an answer may be announced before it comes', async () => {
    const { url, asked, answer } = await slowServer();
    const first = dial(`${url}/1`);
    const second = dial(`${url}/2`);
    await until(() => asked.length > 0);
    await dial('ws://127.0.0.1:1/').catch(() => {});
    expect(asked).toEqual(['/1']);
    answer();
    expect((await first).state).toBe('open');
    await until(() => asked.length > 1);
    answer();
    expect((await second).state).toBe('open');
    expect(asked).toEqual(['/1', '/2']);
  });

  it('atOnce does not wait', async () => {
    const { url, asked, answer } = await slowServer();
    const both = [dial(`${url}/1`, { atOnce: true }), dial(`${url}/2`, { atOnce: true })];
    await until(() => asked.length === 2);
    answer();
    answer();
    expect((await Promise.all(both)).map(({ state }) => state)).toEqual(['open', 'open']);
  });

  it('who gives up while waiting rejects at once, is never dialled, and keeps nobody waiting', async () => {
    const { url, asked, answer } = await slowServer();
    const controller = new AbortController();
    const first = dial(`${url}/1`);
    const second = dial(`${url}/2`, { signal: controller.signal });
    const third = dial(`${url}/3`);
    await until(() => asked.length > 0);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'DIAL_ABORTED' });
    expect(asked).toEqual(['/1']);
    answer();
    await first;
    await until(() => asked.length > 1);
    answer();
    await third;
    expect(asked).toEqual(['/1', '/3']);
  });
});
