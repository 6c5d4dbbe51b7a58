/**
 * Uploads over a link of 1 Mbit/s, for twenty seconds, by every road: nobody holds the other for dead meanwhile. When the link then
 * falls silent, both ends find it out in their time.
 */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import { createEndpoint, dial, type EndpointOptions } from '../../src/endpoint/index.ts';
import { makeCertificate } from '../../test/endpoint/certificates.ts';
import { serve } from '../../test/transports/roads.ts';

const host = '127.0.0.1';
const uploadBytes = 2_500_000;
const bytesPerSecond = 125_000;
const uploadMs = (uploadBytes / bytesPerSecond) * 1_000;
/** Ten times shorter than by default, so that twenty seconds are long. */
const keepAlive = { pingAfterMs: 1_500, pongWithinMs: 500 };
/** In which silence is found, with what a busy machine adds. */
const foundWithinMs = 1_500 + 500 + 3_000;

interface SlowLink {
  readonly port: number;
  /** Nothing passes any more, and nobody is told. */
  cut(): void;
}

/** Takes bytes of clients at that speed; the other way is as fast as it goes. */
async function slowLink(target: number): Promise<SlowLink> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const relay: Server = createServer((client) => {
    const server = connect(target, host);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    let credit = 0;
    const timer = setInterval(() => {
      credit = Math.min(credit + bytesPerSecond / 20, bytesPerSecond / 10);
      if (credit > 0) {
        client.resume();
      }
    }, 50);
    client.on('data', (chunk) => {
      credit -= chunk.length;
      if (credit <= 0) {
        client.pause();
      }
      if (!isCut) {
        server.write(chunk);
      }
    });
    server.on('data', (chunk) => {
      if (!isCut) {
        client.write(chunk);
      }
    });
    client.once('close', () => {
      clearInterval(timer);
      if (!isCut) {
        server.destroy();
      }
    });
    server.once('close', () => {
      if (!isCut) {
        client.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, host, resolve));
  onTestFinished(() => {
    relay.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  });
  const cut = (): void => {
    isCut = true;
  };
  return { port: (relay.address() as AddressInfo).port, cut };
}

const certificate = makeCertificate({ addresses: [host] });

async function byWebsocket(
  options: EndpointOptions,
  { isSecure = false, http2 = false } = {},
): Promise<void> {
  const endpoint = createEndpoint(options);
  const received: number[] = [];
  endpoint.mount('/', keepAlive, (websocket) => {
    websocket.on('message', ({ length }) => received.push(length));
  });
  const tls = isSecure ? { tls: certificate } : {};
  const { port } = await endpoint.listen({
    port: 0,
    host,
    ...tls,
    ...(http2 ? { http2: {} } : {}),
  });
  onTestFinished(() => endpoint.close({ withinMs: 0 }));
  const link = await slowLink(port);
  const url = `${isSecure ? 'wss' : 'ws'}://${host}:${link.port}/`;
  const websocket = await dial(url, { ...keepAlive, http2, tls: { ca: certificate.cert } });
  onTestFinished(() => websocket.terminate());
  let closedAtMs = 0;
  websocket.on('closed', () => {
    closedAtMs = performance.now();
  });
  const beganMs = performance.now();
  websocket.send(new Uint8Array(uploadBytes));
  while (received.length === 0 && closedAtMs === 0) {
    await sleep(20);
  }
  expect([received, closedAtMs]).toEqual([[uploadBytes], 0]);
  expect(performance.now() - beganMs).toBeGreaterThan(uploadMs * 0.8);
  // What it sent before it heard this is not on its way any more.
  await websocket.ping();
  link.cut();
  const cutMs = performance.now();
  while ((closedAtMs === 0 || endpoint.websockets.size > 0) && performance.now() - cutMs < 20_000) {
    await sleep(20);
  }
  expect(performance.now() - cutMs).toBeLessThan(foundWithinMs);
}

async function byRequests(transport: typeof sse): Promise<void> {
  const { port, clerk, transport: office } = await serve({ silentMs: 4_000, idleMs: 4_000 });
  const link = await slowLink(port);
  const told: unknown[] = [];
  const options = { stallMs: 30_000, giveUpAfterMs: 1_000, answerWithinMs: 10_000 };
  const road = transport(options).open(`ws://${host}:${link.port}/live`, ['test'], {
    opened: () => told.push('opened'),
    received: () => undefined,
    closed: ({ reason }) => told.push(reason),
  });
  onTestFinished(() => road.close(1000, ''));
  while (told.length === 0) {
    await sleep(20);
  }
  const frames = [1_000_000, 500_000, 500_000, 250_000, 250_000];
  for (const length of frames) {
    road.send('x'.repeat(length));
  }
  while (clerk.told.length < frames.length && told.length === 1) {
    await sleep(20);
  }
  expect([told, clerk.told.map((text) => String(text).length)]).toEqual([['opened'], frames]);
  link.cut();
  const cutMs = performance.now();
  while (office.count > 0 && performance.now() - cutMs < 20_000) {
    await sleep(20);
  }
  expect(performance.now() - cutMs).toBeLessThan(4_000 + 5_000);
}

describe('an upload of twenty seconds', () => {
  it('D19: is no reason to hold anybody for dead, by any road; silence is', async () => {
    await Promise.all([
      byWebsocket({}),
      byWebsocket({ io: 'handle' }),
      byWebsocket({}, { isSecure: true }),
      byWebsocket({}, { isSecure: true, http2: true }),
      byRequests(sse),
      byRequests(longPoll),
    ]);
  });
});
