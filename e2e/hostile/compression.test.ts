/**
 * What a peer can make a server do by compressing: bombs, and many who may compress and do not.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { frame, rsv1 } from './frames.ts';
import { isServed, roads, type Told, Victim, writeAll } from './victim.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
/** 99 MiB of nothing in 100 KB: as many times smaller as DEFLATE can. */
const bomb = deflateRawSync(Buffer.alloc(99 * mebibyte));
const small = deflateRawSync(Buffer.alloc(64 * kibibyte));
/** A stored block of no bytes (RFC 1951 §3.2.4), again and again: nothing ever comes of it. */
const nothing = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from('000000ffff', 'hex')));
const tooBig = 'Close 1009';
let victim: Victim;
afterEach(() => victim.stop());

describe.each(roads)(
  'C1 over %s, beside others who are served, 20 MB at most for 8 of a kind:',
  (road) => {
    let healthy: Websocket[];
    let before: Told;

    beforeEach(async () => {
      victim = await Victim.start({
        road,
        mount: { compression: true, maxMessageBytes: mebibyte },
      });
      healthy = await Promise.all(Array.from({ length: 10 }, () => victim.healthy()));
      const calm = await victim.tell();
      const sockets = await victim.openMany(4, { compression: true });
      await Promise.all(sockets.map((socket) => smallOnes(socket, 50)));
      await Promise.all(sockets.map((socket) => largeOne(socket)));
      await victim.isIntact(healthy, calm);
      before = await victim.tell('rest');
    });

    async function stands(within: number): Promise<void> {
      const { peak } = await victim.tell();
      await victim.isIntact(healthy, before);
      expect((peak - before.now) / mebibyte).toBeLessThan(within);
    }

    it('bombs that are whole, in fragments, without an end, of nothing; and 1,000 small ones a second', async () => {
      const whole = [frame(rsv1 | 2, bomb)];
      const pieces = Array.from({ length: Math.ceil(bomb.length / 1000) }, (_, at) =>
        bomb.subarray(at * 1000, at * 1000 + 1000),
      );
      const fragments = pieces.map((piece, at) =>
        frame(at === 0 ? rsv1 | 2 : 0, piece, at === pieces.length - 1),
      );
      const endless = [frame(rsv1 | 2, bomb.subarray(0, 5000), false)];
      const empty = [frame(rsv1 | 2, nothing, false)];
      const ways: (readonly [readonly Buffer[], Buffer])[] = [
        [whole, whole[0]!],
        [fragments, frame(0, bomb.subarray(5000, 6000), false)],
        [endless, frame(0, bomb.subarray(5000, 6000), false)],
        [empty, frame(0, nothing, false)],
      ];
      for (const [first, more] of ways) {
        before = await victim.tell('rest');
        const sockets = await victim.openMany(8, { compression: true });
        const ends = Promise.all(sockets.map((socket) => ending(socket, first, more)));
        await Promise.all(healthy.map((client) => isServed(client)));
        expect(await ends).toEqual(sockets.map(() => tooBig));
        await stands(20);
      }
      // Each of them is a message like others: memory of its own, which stays until it is collected.
      before = await victim.tell('rest');
      const socket = await victim.open({ compression: true });
      for (let round = 0; round < 10; round += 1) {
        await Promise.all([smallOnes(socket, 100), sleep(100)]);
        await isServed(healthy[round]!);
      }
      await stands(32);
    });
  },
);

/** Sends so many that are answered by as many, and waits for these. */
async function smallOnes(socket: Duplex, count: number): Promise<void> {
  const message = frame(rsv1 | 2, small);
  // 64 KiB of nothing are sent back as they came, but for the mask.
  const size = (message.length - 4) * count;
  let heard = 0;
  const all = new Promise<void>((resolve) => {
    socket.on('data', function count(chunk: Buffer) {
      heard += chunk.length;
      if (heard >= size * 0.9) {
        socket.off('data', count);
        resolve();
      }
    });
  });
  socket.write(Buffer.concat(Array.from({ length: count }, () => message)));
  await all;
}

/** One that is as large as it may be, and does not shrink: other threads have their memory by then. */
async function largeOne(socket: Duplex): Promise<void> {
  const message = frame(rsv1 | 2, deflateRawSync(randomBytes(900 * kibibyte)));
  let heard = 0;
  const all = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
      if (heard >= 900 * kibibyte) {
        resolve();
      }
    });
  });
  socket.write(message);
  await all;
}

/** Writes what begins and then more and more, until the other side says that it is enough. */
async function ending(
  socket: Duplex,
  first: readonly Buffer[],
  more: Buffer,
): Promise<string | undefined> {
  let said: string | undefined;
  socket.on('data', (chunk: Buffer) => {
    said ??= chunk[0] === 0x88 ? `Close ${chunk.readUInt16BE(2)}` : chunk.toString('hex');
  });
  const heard = once(socket, 'data');
  for (const bytes of first) {
    await Promise.race([writeAll(socket, bytes), heard]);
  }
  while (said === undefined && !socket.destroyed) {
    await Promise.race([writeAll(socket, more), heard]);
    await sleep(1);
  }
  socket.destroy();
  return said;
}

describe('C3 memory of connections that may compress', () => {
  const count = 10_000;
  /** More than the least that is worth compressing, `thresholdBytes`. */
  const page = Buffer.from('<p>Hello, everybody</p>\n'.repeat(100));

  interface Cost {
    /** Of the machine's memory. */
    readonly taken: number;
    /** Of that, what two processes can be compared by. */
    readonly held: number;
  }

  /** Of each connection that has compressed and is quiet, in bytes. */
  async function cost(compression: boolean): Promise<Cost> {
    victim = await Victim.start({ road: 'plain', mount: { compression } });
    const message = compression ? frame(rsv1 | 2, deflateRawSync(page)) : frame(2, page);
    const use = async (sockets: readonly Duplex[]): Promise<void> => {
      for (let at = 0; at < sockets.length; at += 10) {
        const some = sockets.slice(at, at + 10);
        const heard = some.map((socket) => once(socket, 'data'));
        for (const socket of some) {
          socket.write(message);
        }
        await Promise.all(heard);
      }
    };
    await use(await victim.openMany(100, { compression }));
    const before = await victim.tell('settle');
    for (let come = 0; come < count; come += 100) {
      await use(await victim.openMany(100, { compression }));
    }
    const after = await victim.tell('settle');
    expect(after.open).toBe(count + 100);
    await victim.stop();
    return {
      taken: (after.now - before.now) / count,
      held: (after.held - before.held) / count,
    };
  }

  it(`${count} that have compressed and are quiet cost 12 KiB each at most, and 2 KiB more than others`, async () => {
    const without = await cost(false);
    const withIt = await cost(true);
    expect(withIt.taken).toBeLessThan(12 * kibibyte);
    expect(withIt.held - without.held).toBeLessThan(2 * kibibyte);
  });
});
