/**
 * What a peer can make a server hold: the recipes and the bounds of docs/3-reference/threats.md, against a process of its own.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { frame, longHead } from './frames.ts';
import { isServed, roads, type Told, Victim, writeAll } from './victim.ts';

const mebibyte = 1024 * 1024;
const attackMs = 2_000;

describe.each(roads)('over %s', (road) => {
  let victim: Victim;
  let healthy: Websocket[];
  let before: Told;

  beforeEach(async () => {
    victim = await Victim.start({ road });
    healthy = await Promise.all(Array.from({ length: 10 }, () => victim.healthy()));
    await warmUp(victim, healthy);
    before = await victim.tell('rest');
  });
  afterEach(() => victim.stop());

  /** How much its process grew at the most, in MiB; and all is well with it afterwards. */
  async function growth(): Promise<number> {
    await Promise.all(healthy.map((client) => isServed(client)));
    const { peak } = await victim.tell();
    await victim.isIntact(healthy, before);
    return (peak - before.now) / mebibyte;
  }

  it.each([0, 1])(
    'B2: 50 messages of 16,000 fragments of %s bytes: 20 MB at most',
    async (bytes) => {
      const fragment = frame(0, Buffer.alloc(bytes), false);
      const flood = Buffer.concat([
        frame(2, Buffer.alloc(0), false),
        ...Array.from({ length: 16_000 }, () => fragment),
      ]);
      const sockets = await victim.openMany(50);
      await Promise.all(sockets.map((socket) => writeAll(socket, flood)));
      await Promise.all(healthy.map((client) => isServed(client)));
      expect((await victim.tell()).open).toBe(60);
      expect(await growth()).toBeLessThan(20);
    },
  );

  it('B3: 20 frames of 1 MiB, of which a byte comes at a time: 10 MB at most', async () => {
    const sockets = await victim.openMany(20);
    for (const socket of sockets) {
      socket.write(longHead(2, mebibyte));
    }
    const byte = Buffer.alloc(1);
    await forAWhile(async () => {
      await Promise.all(sockets.map((socket) => writeAll(socket, byte)));
    });
    expect(await growth()).toBeLessThan(10);
  });

  // What an attack costs it costs every time; what a collector leaves for a moment is not there at another process.
  it('B4: pings by one that does not read: 5 MB at most', { retry: 2 }, async () => {
    const socket = await victim.open();
    socket.pause();
    const pings = Buffer.concat(Array.from({ length: 100 }, () => frame(9, Buffer.alloc(125))));
    const answered = forAWhile(async () => {
      await Promise.race([writeAll(socket, pings), new Promise((go) => setTimeout(go, 50))]);
    });
    await Promise.all(healthy.map((client) => isServed(client)));
    await answered;
    expect(await growth()).toBeLessThan(5);
  });
});

async function forAWhile(work: () => Promise<unknown>): Promise<void> {
  const untilMs = performance.now() + attackMs;
  while (performance.now() < untilMs) {
    await work();
  }
}

/** What a server takes that has something to do, in an ordinary way: its machine has made its code and its rooms by then. */
async function warmUp(victim: Victim, healthy: readonly Websocket[]): Promise<void> {
  const before = await victim.tell();
  const sockets = await victim.openMany(50);
  const ordinary = Buffer.concat([
    ...Array.from({ length: 200 }, () => frame(9, Buffer.alloc(125))),
    ...Array.from({ length: 200 }, () => frame(2, Buffer.alloc(1000))),
  ]);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(sockets.map((socket) => writeAll(socket, ordinary)));
    await Promise.all(healthy.map((client) => isServed(client)));
  }
  await victim.isIntact(healthy, before);
}
