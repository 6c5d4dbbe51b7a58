/**
 * Readers that leave a backlog behind, or never read, and what a whole server holds for them: docs/3-reference/threats.md, D6 and D8. The counts
 * are smaller than in the field, so that each runs in half a minute beside others, and the bounds are as much smaller: 1,000 that come and go, of
 * a backlog of 1 MiB each, where 32 KiB that one leaves behind are too much; 40 that read and 10 that never do, at 1 MB a second for each.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import type { ClientMessage, ServerMessage } from '../../src/wire/index.ts';
import { startProgram } from '../program.ts';
import { frame } from './frames.ts';
import { type Told, upgrade } from './victim.ts';

const mebibyte = 1024 * 1024;
const subprotocol = 'tautline.v1.json';
const nowhere = { epoch: 'none', offset: 0, id: '' };

class Server {
  readonly port: number;
  private readonly program: ReturnType<typeof startProgram>;
  private asked = 0;

  private constructor(port: number, program: ReturnType<typeof startProgram>) {
    this.port = port;
    this.program = program;
  }

  static async start(options: object): Promise<Server> {
    const file = 'e2e/hostile/hub-server.mjs';
    const program = startProgram(['node', '--expose-gc', file, JSON.stringify(options)]);
    const [, port] = await program.saw(/port (\d+)/);
    return new Server(Number(port), program);
  }

  async stop(): Promise<void> {
    await this.program.end('SIGKILL');
  }

  ask(line: string): Promise<Told> {
    this.asked += 1;
    this.program.type(line);
    const told = this.program.saw(new RegExp(`told ${this.asked} (\\{.*\\})`));
    return told.then(([, json]) => JSON.parse(json!) as Told);
  }

  /** Everybody has gone but so many, and what they left to be collected was. */
  async isLeftWith(sessions: number): Promise<Told> {
    const untilMs = performance.now() + 20_000;
    let told = await this.ask('rest');
    while (told.open > sessions && performance.now() < untilMs) {
      await sleep(50);
      told = await this.ask('rest');
    }
    expect(told.open).toBe(sessions);
    return told;
  }

  /** One that follows the channel from its beginning, and never reads a byte after the handshake. */
  async deaf(channel: string, user: string): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.port });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(upgrade.replace('\r\n\r\n', `\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`));
    await once(socket, 'data');
    socket.pause();
    const says = (message: ClientMessage): Uint8Array =>
      frame(1, Buffer.from(JSON.stringify(message)));
    socket.write(says({ type: 'hello', version: 1, capabilities: [], token: user }));
    socket.write(says({ type: 'subscribe', id: 1, channel, since: nowhere }));
    return socket;
  }
}

/** One that reads, and holds the hub to its word: every entry, each linking to the one before it. */
class Reader {
  count = 0;
  /** What should not have come. */
  readonly wrong: string[] = [];
  private readonly websocket: Websocket;
  private last = '';

  private constructor(websocket: Websocket) {
    this.websocket = websocket;
    websocket.on('message', (text) => {
      const said = JSON.parse(String(text)) as ServerMessage | ServerMessage[];
      for (const message of Array.isArray(said) ? said : [said]) {
        this.hear(message);
      }
    });
    websocket.on('closed', ({ code }) => this.wrong.push(`closed ${code}`));
  }

  static async start({ port }: Server, channel: string): Promise<Reader> {
    const websocket = await dial(`ws://127.0.0.1:${port}/`, { subprotocols: [subprotocol] });
    const reader = new Reader(websocket);
    const say = (message: ClientMessage): unknown => websocket.send(JSON.stringify(message));
    say({ type: 'hello', version: 1, capabilities: [], token: 'reader' });
    say({ type: 'subscribe', id: 1, channel });
    while (reader.last === '') {
      await sleep(5);
    }
    return reader;
  }

  end(): void {
    this.websocket.terminate();
  }

  private hear(message: ServerMessage): void {
    if (message.type === 'subscribed') {
      this.last = message.position.id || 'none';
    } else if (message.type === 'publication') {
      const { id, prev } = message.publication;
      if ((prev.id || 'none') !== this.last) {
        this.wrong.push(`${id} does not link to ${this.last}`);
      }
      this.last = id;
      this.count += 1;
    } else if (message.type === 'gap' || message.type === 'error') {
      this.wrong.push(message.type);
    }
  }
}

/** More has come than it takes without being read. */
async function hasBacklog(socket: Socket): Promise<void> {
  socket.on('readable', () => undefined);
  while (socket.readableLength < socket.readableHighWaterMark) {
    await sleep(1);
  }
}

let server: Server;
afterEach(() => server.stop());

describe('D6: readers that come, leave a backlog unread, and go', () => {
  const cycles = 1_000;
  const atOnce = 20;

  it('leave nothing behind but a small claim, however many there were', async () => {
    server = await Server.start({ limits: { hellosPerSecond: 100_000 } });
    // As much as a log keeps: a mebibyte for each that comes.
    await server.ask('publish news 1000 1000 0');
    const cycle = async (count: number): Promise<void> => {
      let left = count;
      const one = async (user: string): Promise<void> => {
        while (left > 0) {
          left -= 1;
          const socket = await server.deaf('news', user);
          await hasBacklog(socket);
          socket.destroy();
        }
      };
      await Promise.all(Array.from({ length: atOnce }, (_, n) => one(`user ${n}`)));
    };
    // An ordinary day: its machine has made its code and its rooms by then.
    await cycle(200);
    const before = await server.isLeftWith(0);
    await cycle(cycles);
    const { peak } = await server.ask('look');
    const after = await server.isLeftWith(0);
    expect((peak - before.now) / mebibyte).toBeLessThan(atOnce * 2 + 64);
    expect((after.now - before.now) / mebibyte).toBeLessThan(32);
    expect(after.handles).toBeLessThanOrEqual(before.handles);
  }, 120_000);
});

describe('D8: readers that never read, beside those who do', () => {
  const healthy = 40;
  const deaf = 10;

  it.each([
    ['disconnect', 'are sent away within 15 s'],
    ['spill', 'take no more than their bound'],
  ])(
    '%s: the others lose nothing, and they %s',
    async (slow) => {
      server = await Server.start({ slow });
      const readers = await Promise.all(
        Array.from({ length: healthy }, () => Reader.start(server, 'news')),
      );
      // As above.
      await server.ask('publish news 200 8192 5');
      const before = await server.ask('rest');
      for (let n = 0; n < deaf; n += 1) {
        await server.deaf('news', `deaf ${n}`);
      }
      // In 12 s.
      const count = 1_500;
      const { peak, open } = await server.ask(`publish news ${count} 8192 8`);
      const untilMs = performance.now() + 10_000;
      while (readers.some((reader) => reader.count < count + 200) && performance.now() < untilMs) {
        await sleep(20);
      }
      expect(new Set(readers.map((reader) => reader.count))).toEqual(new Set([count + 200]));
      expect(readers.flatMap(({ wrong }) => wrong)).toEqual([]);
      // A mebibyte waits for each at the most; what the memory engine keeps was there before.
      expect((peak - before.now) / mebibyte).toBeLessThan(deaf * 2 + 64);
      if (slow === 'disconnect') {
        expect(open).toBe(healthy);
      }
      for (const reader of readers) {
        reader.end();
      }
    },
    60_000,
  );
});
