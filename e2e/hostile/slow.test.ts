/**
 * Peers that take their time: the hostile ones are gone at their deadline, the slow ones that move are not.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { frame, isServed, longHead, roads, upgrade, Victim } from './victim.ts';

let victim: Victim;
afterEach(() => victim.stop());

/** What is waited for at the most, in milliseconds: a handshake, a pong after a silence, or progress after a window. */
const deadlineMs = 3_000;
const endpoint = { handshakeWithinMs: deadlineMs };
const mount = {
  pingAfterMs: deadlineMs / 2,
  pongWithinMs: deadlineMs / 2,
  progressWindowMs: deadlineMs / 2,
  minBytesPerSecond: 32,
  closeWithinMs: 1_000,
};
/** Node looks at heads once a second, and who is closed has a second to answer. */
const graceMs = 2_000;

/** Each is a way to be slow; all of them leave the socket open. */
const ways: Readonly<Record<string, (one: Victim) => Promise<Socket>>> = {
  'a head that never ends': async (one) => {
    const socket = await one.connect();
    let at = 0;
    const head = upgrade.replace('\r\n\r\n', `\r\nPadding: ${'x'.repeat(1000)}`);
    const timer = setInterval(() => {
      socket.write(head[at % head.length]!);
      at += 1;
    }, 500);
    socket.once('close', () => clearInterval(timer));
    return socket;
  },
  'not a word, not even of TLS': async (one) => one.bare(),
  'a handshake, then silence': (one) => one.open(),
  'half a frame': async (one) => {
    const socket = await one.open();
    socket.write(longHead(2, 1_000_000));
    socket.write(Buffer.alloc(10));
    return socket;
  },
};

describe.each(roads)('over %s', (road) => {
  it('A5: 2,000 that are slow are gone in time, and those who are not are served', async () => {
    victim = await Victim.start({ road, endpoint, mount });
    const healthy = await Promise.all(Array.from({ length: 10 }, () => victim.healthy()));
    const lateMs: number[] = [];
    let gone = 0;
    let come = 0;
    const watch = (socket: Socket): void => {
      const fromMs = performance.now();
      come += 1;
      socket.resume();
      socket.once('close', () => {
        gone += 1;
        lateMs.push(performance.now() - fromMs - deadlineMs);
      });
    };
    for (let round = 0; round < 20; round += 1) {
      for (const slow of Object.values(ways)) {
        const sockets = await Promise.all(Array.from({ length: 25 }, () => slow(victim)));
        sockets.forEach(watch);
      }
      await isServed(healthy[round % healthy.length]!);
    }
    expect(come).toBe(2_000);
    while (gone < come) {
      await Promise.all(healthy.map((client) => isServed(client)));
      await sleep(50);
    }
    expect(Math.max(...lateMs)).toBeLessThan(graceMs);
    expect((await victim.memory()).open).toBe(healthy.length);
  });

  it('D19: one that uploads over a slow link and answers no ping stays; silent, it is gone', async () => {
    const hasty = { pingAfterMs: 400, pongWithinMs: 400, closeWithinMs: 1_000 };
    victim = await Victim.start({ road, mount: hasty });
    const socket = await victim.open();
    let heard = 0;
    let isGone = false;
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    socket.once('close', () => {
      isGone = true;
    });
    const parts = 20;
    for (let sent = 0; sent < parts; sent += 1) {
      const isLast = sent === parts - 1;
      socket.write(frame(sent === 0 ? 2 : 0, Buffer.alloc(12_500), isLast));
      await sleep(100);
    }
    while (heard < parts * 12_500) {
      await sleep(10);
    }
    expect(isGone).toBe(false);
    while (!isGone) {
      await sleep(10);
    }
  });
});
