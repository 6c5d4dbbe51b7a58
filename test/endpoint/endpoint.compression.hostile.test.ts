/**
 * What a hostile peer can do with compression, over real sockets: bombs, fragments, and many connections.
 */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Closing, dial, type Websocket } from '../../src/endpoint/index.ts';
import { deflated, noise, prose } from '../protocol/deflate/support.ts';
import { eventually, frame, next, RawPeer, record, type Served, serve } from './support.ts';

const offered = { fields: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } };

/** Compressed frames of a client. */
function compressed(opcode: number, payload: Uint8Array, final = true): Buffer {
  return frame(opcode, payload, { first: (final ? 0xc0 : 0x40) | opcode });
}

async function rawPeer(served: Served): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const peer = await RawPeer.open(served.port, offered);
  return { peer, websocket: await served.accepted() };
}

/** 99 MiB of nothing in 100 KB: as many times smaller as DEFLATE can. */
const bomb = deflateRawSync(Buffer.alloc(99 * 1024 * 1024));
const MiB = 1024 * 1024;

describe('C1 bombs', () => {
  const limit = { compression: true, maxMessageBytes: MiB };

  it('99 MiB in 100 KB are refused with 1009, and little memory is taken', async () => {
    expect(bomb.length).toBeLessThan(105_000);
    const served = await serve(limit);
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let round = 0; round < 8; round += 1) {
      const { peer, websocket } = await rawPeer(served);
      const closed = ending(peer, websocket);
      peer.write(compressed(2, bomb));
      expect(await closed).toMatchObject({ code: 1009, fault: { name: 'MESSAGE_TOO_BIG' } });
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    // Eight of them inflated whole would be 800 MB.
    expect(most).toBeLessThan(100 * MiB);
  });

  it('so are they in fragments', async () => {
    const { peer, websocket } = await rawPeer(await serve(limit));
    const closed = ending(peer, websocket);
    for (let at = 0; at < bomb.length; at += 5000) {
      const part = bomb.subarray(at, at + 5000);
      const final = at + 5000 >= bomb.length;
      peer.write(
        at === 0 ? compressed(2, part, final) : frame(0, part, { first: final ? 0x80 : 0 }),
      );
    }
    expect((await closed).code).toBe(1009);
  });

  it('one that never ends is refused by what has come of it', async () => {
    const { peer, websocket } = await rawPeer(await serve({ ...limit, maxMessageBytes: 50_000 }));
    const closed = ending(peer, websocket);
    peer.write(compressed(2, bomb.subarray(0, 20_000), false));
    peer.write(frame(0, bomb.subarray(20_000, 40_000), { first: 0 }));
    peer.write(frame(0, bomb.subarray(40_000, 60_000), { first: 0 }));
    expect(await closed).toMatchObject({ code: 1009, fault: { name: 'MESSAGE_TOO_BIG' } });
  });

  it('with a ratio it is refused long before the limit', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: { maxRatio: 100 } }));
    const closed = ending(peer, websocket);
    peer.write(compressed(2, deflated(Buffer.alloc(10 * MiB))));
    expect(await closed).toMatchObject({ code: 1009, fault: { name: 'RATIO_TOO_HIGH' } });
  });

  it('many small ones do not stall the others: each is given up at once, and done elsewhere', async () => {
    const served = await serve({ compression: true });
    const healthy = await dial(served.url);
    onTestFinished(() => healthy.terminate());
    const quiet = await served.accepted();
    quiet.on('message', (message) => void quiet.send(message));
    const { peer, websocket } = await rawPeer(served);
    const came = record(websocket, 'message');
    const small = deflated(Buffer.alloc(MiB));
    expect(small.length).toBeLessThan(2000);
    peer.write(...Array.from({ length: 100 }, () => compressed(2, small)));
    // Every bomb is one wait for the thread pool, so the healthy one is answered between them.
    await eventually(() => came.length > 0);
    healthy.send('still there?');
    await next(healthy, 'message');
    expect(came.length).toBeLessThan(100);
    await eventually(() => came.length === 100);
    expect(came.every(([message]) => message.length === MiB)).toBe(true);
  });
});

describe('B2 compressed', () => {
  it('16,000 fragments of one byte, and 16,000 empty ones, cost what they carry', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: true }));
    const came = record(websocket, 'message');
    const payload = deflated(noise(16_000));
    const before = process.memoryUsage().rss;
    const parts = [compressed(2, payload.subarray(0, 1), false)];
    for (const byte of payload.subarray(1)) {
      parts.push(frame(0, Uint8Array.of(byte), { first: 0 }), frame(0, '', { first: 0 }));
    }
    peer.write(...parts);
    peer.write(frame(0));
    await eventually(() => came.length === 1);
    expect(Buffer.from(noise(16_000)).equals(came[0]![0] as Buffer)).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MiB);
  });

  it('more than the limit of fragments is refused, compressed or not', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: true, maxFragments: 3 }));
    const closed = ending(peer, websocket);
    const open = { first: 0 };
    peer.write(compressed(2, Uint8Array.of(0), false), frame(0, '', open), frame(0, '', open));
    peer.write(frame(0, '', open));
    expect(await closed).toMatchObject({ code: 1008, fault: { name: 'TOO_MANY_FRAGMENTS' } });
  });
});

describe('C3 memory', () => {
  it('connections that have compressed and are quiet hold no zlib', async () => {
    const { url, endpoint } = await serve({ compression: true }, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
    });
    const clients: Websocket[] = [];
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i += 1) {
      const client = await dial(url, { compression: true });
      clients.push(client);
      client.send(prose(3000));
      await next(client, 'message');
    }
    // A stream of zlib for each direction of both ends would be 400 times 300 KB.
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MiB);
    expect(endpoint.websockets.size).toBe(200);
    await Promise.all(clients.map((client) => client.close()));
  }, 20_000);
});

/** How it ended, when the peer has heard that it did. */
async function ending(peer: RawPeer, websocket: Websocket): Promise<Closing> {
  const closed = next(websocket, 'closed');
  await peer.ended();
  peer.socket.end();
  return (await closed)[0];
}
