import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import {
  eventually,
  HandClock,
  newEndpoint,
  RawPeer,
  record,
  serve,
  turnOver,
  upgradeHead,
} from './support.ts';
import { pair, payloads, watched } from './watched.ts';

describe('backpressure', () => {
  const chunk = Buffer.alloc(100_000, 1);

  it('bufferedBytes grows and falls; send gives false; drained resolves, and tells', async () => {
    const [it_] = await watched();
    const { peer, websocket } = it_!;
    const events = record(websocket, 'drained');
    peer.socket.pause();
    let sent = 0;
    while (websocket.send(chunk)) {
      sent += 1;
      await turnOver();
    }
    sent += 1;
    expect(websocket.bufferedBytes).toBeGreaterThan(262_144);
    let isDrained = false;
    const drained = websocket.drained().then(() => {
      isDrained = true;
    });
    await turnOver();
    expect([isDrained, events.length]).toEqual([false, 0]);
    peer.socket.resume();
    await drained;
    expect(websocket.bufferedBytes).toBeLessThanOrEqual(65_536);
    expect(events.length).toBe(1);
    expect((await peer.frames(sent)).length).toBe(sent);
    await eventually(() => websocket.bufferedBytes === 0);
  });

  it('what the system takes at once waits for nobody, however much it is', async () => {
    const { client, server } = await pair({ highWaterBytes: 1000, maxBufferedBytes: 2000 });
    const got = record(client, 'message');
    for (let i = 0; i < 50; i += 1) {
      expect(server.send(Buffer.alloc(1500))).toBe(true);
      expect(server.bufferedBytes).toBeLessThanOrEqual(1000);
    }
    await server.drained();
    await eventually(() => got.length === 50);
  });

  it('a mark of 0 is reached whenever nothing waits', async () => {
    const { server, client } = await pair({ highWaterBytes: 0 });
    const got = record(client, 'message');
    for (let i = 0; i < 3; i += 1) {
      expect(server.send('x')).toBe(true);
      expect(server.bufferedBytes).toBe(0);
      await server.drained();
    }
    await eventually(() => got.length === 3);
  });

  it('drained resolves at once when little waits', async () => {
    const { server } = await pair();
    expect(server.send('x')).toBe(true);
    await server.drained();
    expect(server.bufferedBytes).toBeLessThanOrEqual(3);
  });

  it('a peer that never reads is closed with 1008 at the bound, and is gone when its time is up', async () => {
    const clock = new HandClock();
    const options = { maxBufferedBytes: 1_000_000, closeWithinMs: 3000 };
    const { endpoint, port, accepted } = await serve(options, () => {}, { clock });
    const peer = await RawPeer.open(port);
    peer.socket.pause();
    const websocket = await accepted();
    const closings = record(websocket, 'closed');
    let most = 0;
    while (websocket.state === 'open') {
      websocket.send(chunk);
      most = Math.max(most, websocket.bufferedBytes);
      await turnOver();
    }
    expect(most).toBeLessThan(1_000_000 + 2 * 100_020);
    expect(websocket.send('ignored')).toBe(false);
    const drained = websocket.drained();
    clock.advance(2900);
    await turnOver();
    expect(closings).toEqual([]);
    clock.advance(200);
    await eventually(() => closings.length === 1);
    expect(closings[0]![0]).toMatchObject({
      code: 1008,
      clean: false,
      fault: { name: 'READS_TOO_SLOWLY' },
    });
    await expect(drained).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(endpoint.websockets.size).toBe(0);
    expect(websocket.bufferedBytes).toBe(0);
  });

  it('over TLS the bound is the same', async () => {
    const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
    const clock = new HandClock();
    const endpoint = newEndpoint({ clock });
    const opened: Websocket[] = [];
    endpoint.mount(
      '/',
      { maxBufferedBytes: 1_000_000 },
      (websocket) => void opened.push(websocket),
    );
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls: certificate });
    const socket = connectTls({ port, host: '127.0.0.1', ca: certificate.cert });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write(upgradeHead());
    await eventually(() => opened.length === 1);
    socket.pause();
    const websocket = opened[0]!;
    const closings = record(websocket, 'closed');
    while (websocket.state === 'open') {
      websocket.send(chunk);
      await turnOver();
    }
    clock.advance(5100);
    await eventually(() => closings.length === 1);
    expect(closings[0]![0]).toMatchObject({ code: 1008, fault: { name: 'READS_TOO_SLOWLY' } });
    expect(endpoint.websockets.size).toBe(0);
  });

  it('a slow reader hears what it was sent, whatever the others are told meanwhile', async () => {
    const all = await watched(() => {}, 3);
    const [slow, ...others] = all;
    slow!.peer.socket.pause();
    let sent = 0;
    while (slow!.websocket.bufferedBytes === 0) {
      slow!.websocket.send(Buffer.alloc(10_000, sent));
      sent += 1;
      await turnOver();
    }
    for (let i = 0; i < 20; i += 1) {
      slow!.websocket.send(`small ${i}`);
      others.forEach(({ websocket }) => void websocket.send(Buffer.alloc(3000, 0xee)));
      await turnOver();
    }
    slow!.peer.socket.resume();
    const frames = await slow!.peer.frames(sent + 20);
    frames.slice(0, sent).forEach(({ payload }, i) => {
      expect(payload.equals(Buffer.alloc(10_000, i))).toBe(true);
    });
    expect(payloads(frames.slice(sent))).toEqual(
      Array.from({ length: 20 }, (_, i) => `small ${i}`),
    );
  });
});
