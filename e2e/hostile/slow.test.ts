/**
 * Peers that take their time: the hostile ones are gone at their deadline, the slow ones that move are not.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { http2Frame, settings, types } from '../../test/endpoint/raw-http2.ts';
import { frame, longHead } from './frames.ts';
import { isServed, roads, upgrade, Victim } from './victim.ts';

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

type Way = (one: Victim) => Promise<Duplex>;

const inAnyCase: Readonly<Record<string, Way>> = {
  'not a word, not even of TLS': async (one) => one.bare(),
  'a handshake, then silence': (one) => one.open(),
  'half a frame': async (one) => {
    const socket = await one.open();
    socket.write(longHead(2, 1_000_000));
    socket.write(Buffer.alloc(10));
    return socket;
  },
};
const overHttp1: Readonly<Record<string, Way>> = {
  'a head that never ends': async (one) => {
    const head = upgrade.replace('\r\n\r\n', `\r\nPadding: ${'x'.repeat(1000)}`);
    return dribbling(await one.connect(), (at) => head[at % head.length]!);
  },
};
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings()]);
const overHttp2: Readonly<Record<string, Way>> = {
  'TLS, then silence': (one) => one.connect(),
  'no stream': async (one) => {
    const socket = await one.connect();
    socket.write(preface);
    return socket;
  },
  'fields that never end': async (one) => {
    const socket = await one.connect();
    socket.write(preface);
    // A field whose value is said to have 16,000 bytes (RFC 7541 §5.1).
    socket.write(http2Frame(types.headers, 0, 1, Buffer.from([0, 1, 0x61, 0x7f, 0x81, 0x7c])));
    return dribbling(socket, () => http2Frame(types.continuation, 0, 1, Buffer.from('x')));
  },
};

/** A little every half a second, for as long as somebody listens. */
function dribbling(socket: Duplex, next: (at: number) => string | Uint8Array): Duplex {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(next(at));
    at += 1;
  }, 500);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

describe.each(roads)('over %s', (road) => {
  /** Each is a way to be slow; all of them leave the socket open. */
  const ways = Object.values({ ...inAnyCase, ...(road === 'HTTP/2' ? overHttp2 : overHttp1) });
  const rounds = 20;
  const perRound = 100;

  it('A5: 2,000 that are slow are gone in time, and those who are not are served', async () => {
    const http2 = { idleSessionMs: deadlineMs };
    victim = await Victim.start({ road, endpoint, mount, http2 });
    const healthy = await Promise.all(Array.from({ length: 10 }, () => victim.healthy()));
    const before = await victim.tell();
    const lateMs: number[] = [];
    let gone = 0;
    /** How long a busy machine let somebody wait who did nothing wrong: so much later it may be for the others, too. */
    let servedInMs = 0;
    const serve = async (clients: readonly Websocket[]): Promise<void> => {
      const fromMs = performance.now();
      await Promise.all(clients.map((client) => isServed(client)));
      servedInMs = Math.max(servedInMs, performance.now() - fromMs);
    };
    const watch = (socket: Duplex): void => {
      const fromMs = performance.now();
      socket.resume();
      socket.once('close', () => {
        gone += 1;
        lateMs.push(performance.now() - fromMs - deadlineMs);
      });
    };
    for (let come = 0; come < rounds * perRound; come += perRound) {
      for (let start = 0; start < perRound; start += 25) {
        const at = (index: number): Way => ways[(come + start + index) % ways.length]!;
        const sockets = Array.from({ length: 25 }, (_, index) => at(index)(victim));
        (await Promise.all(sockets)).forEach(watch);
      }
      await serve([healthy[(come / perRound) % healthy.length]!]);
    }
    while (gone < rounds * perRound) {
      await serve(healthy);
      await sleep(50);
    }
    expect(Math.max(...lateMs)).toBeLessThan(graceMs + servedInMs);
    await victim.isIntact(healthy, before);
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
