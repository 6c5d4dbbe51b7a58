/** What a peer can make us hold on a stream that nobody reads, and that it is not lost. */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { shakeHandsOn } from '../../src/endpoint/dial-http2.ts';
import type { MountOptions, Websocket } from '../../src/endpoint/index.ts';
import { serveHttp2 } from './http2-peers.ts';
import { fields, never, pooled } from './pooled.ts';
import {
  connectFields,
  endStream,
  headersFrame,
  http2Frame,
  RawHttp2,
  types,
} from './raw-http2.ts';
import { closeFrame, eventually, frame, next, record, text, turnOver } from './support.ts';

const ping = http2Frame(types.ping, 0, 0, Buffer.alloc(8));
const said = (bytes: Uint8Array, flags = 0): Buffer => http2Frame(types.data, flags, 1, bytes);

/** Each byte in a frame of its own, and until the server has read them all. */
async function dribble(peer: RawHttp2, bytes: Uint8Array): Promise<void> {
  const before = peer.count(types.ping);
  for (let at = 0; at < bytes.length; at += 2000) {
    const some = bytes.subarray(at, at + 2000);
    const taken = new Promise((resolve) => peer.socket.once('drain', resolve));
    if (!peer.socket.write(Buffer.concat(Array.from(some, (byte) => said(Buffer.from([byte])))))) {
      await taken;
    }
  }
  peer.write(ping);
  await peer.until(() => peer.count(types.ping) > before);
}

async function opened(options: MountOptions = {}): Promise<[RawHttp2, Websocket]> {
  const { port, accepted } = await serveHttp2(options, (websocket) => websocket.pause());
  const peer = await RawHttp2.connect(port);
  peer.write(headersFrame(1, connectFields()));
  return [peer, await accepted()];
}

describe('a stream that nobody reads', () => {
  it('B3, D18: bytes in frames of their own cost what they are, and not 100 times as much', async () => {
    const [peer, websocket] = await opened();
    const message = frame(2, Buffer.alloc(40_000, 7));
    // What a process needs to do this at all.
    await dribble(peer, message.subarray(0, 5000));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = held();
    await dribble(peer, message.subarray(5000));
    // In frames of one byte that were kept as they came: 5 MB, and half a MB of reads.
    expect(held() - before).toBeLessThan(1_500_000);
    const heard = next(websocket, 'message');
    websocket.resume();
    expect(await heard).toEqual([Buffer.alloc(40_000, 7)]);
  });

  it('keeps its order, in frames of all sizes, however often it is paused', async () => {
    const [peer, websocket] = await opened({ maxMessageBytes: 2_000_000 });
    const sizes = [1, 3, 16_384, 1, 1, 4096, 4095, 5000, 2, 16_000, 100, 7];
    const given: Buffer[] = [];
    let seed = 1;
    for (let round = 0; round < 40; round += 1) {
      for (const size of sizes) {
        seed = (seed * 48_271) % 2_147_483_647;
        given.push(Buffer.alloc(Math.max(1, size - (seed % 5)), seed));
      }
    }
    const messages = record(websocket, 'message');
    const whole = frame(2, Buffer.concat(given));
    const hash = createHash('sha256').update(Buffer.concat(given)).digest('hex');
    let at = 0;
    for (const [n, { length }] of [...given, Buffer.alloc(64)].entries()) {
      peer.write(said(whole.subarray(at, at + length)));
      at += length;
      if (n % 7 === 0) {
        websocket.resume();
        await turnOver();
        websocket.pause();
      }
    }
    websocket.resume();
    await eventually(() => messages.length === 1);
    expect(
      createHash('sha256')
        .update(messages[0]![0] as Buffer)
        .digest('hex'),
    ).toBe(hash);
  });

  it('its end stands behind what came before it', async () => {
    const [peer, websocket] = await opened();
    const messages = record(websocket, 'message');
    const closed = next(websocket, 'closed');
    await dribble(peer, Buffer.concat([text('last words'), closeFrame(4001)]));
    peer.write(said(Buffer.alloc(0), endStream), ping);
    await peer.until(() => peer.count(types.ping) === 2);
    websocket.resume();
    expect(await closed).toMatchObject([{ code: 4001, clean: true }]);
    expect(messages).toEqual([['last words']]);
  });

  it('what came while somebody was asked is there afterwards', async () => {
    let admitted = (): void => {};
    const answer = new Promise<undefined>((resolve) => {
      admitted = () => resolve(undefined);
    });
    const { port, accepted } = await serveHttp2({ admit: () => answer }, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
    });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    await dribble(peer, text('while you asked'));
    admitted();
    await accepted();
    await eventually(() => peer.heard(1).toString().includes('while you asked'));
  });

  it('on a websocket that was dialled, too: nothing stays with Node', async () => {
    const { find, server } = await pooled({
      onStream: (stream) => stream.respond({ ':status': 200 }),
    });
    const { seat } = await find();
    const limits = { maxHeadBytes: 1000, maxHeaders: 10 };
    const shaken = await shakeHandsOn(seat!, { fields, request: {}, limits }, never);
    const { socket } = shaken!;
    const sent = Buffer.from('a message in pieces');
    for (const byte of sent) {
      server.streams[0]!.write(Buffer.from([byte]));
      await turnOver();
    }
    server.streams[0]!.end();
    await eventually(() => server.streams[0]!.writableFinished);
    expect(socket.readableLength).toBe(0);
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(heard).toEqual([sent]);
    socket.destroy();
  });
});
