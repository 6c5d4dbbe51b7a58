/**
 * Compression through the whole endpoint, over real sockets: what is agreed, what travels, and what a hostile peer can do with it.
 */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Closing,
  type CompressionOptions,
  dial,
  prepare,
  type Websocket,
} from '../../src/endpoint/index.ts';
import { deflated, noise, prose, readBack } from '../protocol/deflate/support.ts';
import { prototypeNames } from '../protocol/handshake/prototype-names.ts';
import {
  eventually,
  frame,
  next,
  RawPeer,
  record,
  type Served,
  serve,
  text,
  turnOver,
  upgradeHead,
} from './support.ts';

const offered = { fields: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } };

/** Compressed frames of a client. */
function compressed(opcode: number, payload: Uint8Array, final = true): Buffer {
  return frame(opcode, payload, { first: (final ? 0xc0 : 0x40) | opcode });
}

async function rawPeer(served: Served): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const peer = await RawPeer.open(served.port, offered);
  return { peer, websocket: await served.accepted() };
}

async function pair(
  compression: boolean | CompressionOptions = true,
  options = {},
): Promise<{ client: Websocket; server: Websocket }> {
  const { url, accepted } = await serve({ compression, ...options });
  const client = await dial(url, { compression, ...options });
  onTestFinished(() => client.terminate());
  return { client, server: await accepted() };
}

describe('what is agreed', () => {
  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, false],
  ])('server %s, client %s: %s', async (server, client, agreed) => {
    const { url, accepted } = await serve({ compression: server });
    const websocket = await dial(url, { compression: client });
    expect(websocket.compression).toBe(agreed);
    expect((await accepted()).compression).toBe(agreed);
    await websocket.close();
  });

  it('is off by default', async () => {
    const { url } = await serve();
    expect((await dial(url)).compression).toBe(false);
  });

  it('differs from mount to mount', async () => {
    const { endpoint, port } = await serve();
    endpoint.mount('/small', { compression: { windowBits: 9 } }, () => {});
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/small', ...offered }));
    expect(await peer.head()).toContain(
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; ' +
        'client_no_context_takeover; server_max_window_bits=9\r\n',
    );
  });

  it.each([...prototypeNames, 'permessage-deflate; server_max_window_bits=1000'])(
    'A2 C2 %s is passed over, and the websocket opens without',
    async (extension) => {
      const served = await serve({ compression: true });
      const peer = await RawPeer.connect(served.port);
      peer.write(upgradeHead({ fields: { 'Sec-WebSocket-Extensions': extension } }));
      const head = await peer.head();
      expect(head).toContain('HTTP/1.1 101 ');
      expect(head).not.toContain('Extensions');
      expect((await served.accepted()).compression).toBe(false);
    },
  );
});

describe('what travels', () => {
  it('is what was sent, both ways, in order, whatever its size', async () => {
    for (const contextTakeover of [false, true]) {
      const peerContextTakeover = contextTakeover;
      const { client, server } = await pair({ contextTakeover, peerContextTakeover });
      server.on('message', (message) => void server.send(message));
      const back = record(client, 'message');
      const sizes = [0, 1, 1023, 1024, 15_000, 16_384, 5, 400_000, 2000, 3];
      const messages = sizes.flatMap((size) => [prose(size), Buffer.from(noise(size))]);
      for (const message of messages) {
        client.send(message);
      }
      await eventually(() => back.length === messages.length);
      expect(back.flat().every((came, at) => isSame(came, messages[at]!))).toBe(true);
      expect((await client.close()).clean).toBe(true);
    }
  });

  it('C4 a message that is not to be compressed is not, whatever its kind', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: true }));
    const bytes = Buffer.alloc(2000, 'secret');
    for (const message of [prose(2000), bytes, prepare(prose(2000))]) {
      websocket.send(message, { compress: false });
      websocket.send(message);
    }
    await peer.until(() => readBack(peer.heard).length === 6);
    const both = (kind: string): string[] => [`${kind} 2000`, `~${kind} 2000`];
    expect(readBack(peer.heard)).toEqual([...both('text'), ...both('binary'), ...both('text')]);
  });

  it('C4 without takeover a length tells nothing of earlier messages', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: { thresholdBytes: 0 } }));
    const guesses = ['token=aaaaaaaaaaaaaaaa', 'token=s3cr3ts3cr3ts3cr'];
    const lengths: number[] = [];
    for (const guess of guesses) {
      websocket.send(`token=s3cr3ts3cr3ts3cr ${prose(500)}`);
      await peer.frames(1);
      websocket.send(guess + prose(500));
      const [answer] = await peer.frames(1);
      lengths.push(answer!.payload.length);
    }
    // Each by itself, the second guess has as long a form as if the secret had never been sent.
    const alone = guesses.map((guess) => deflated(guess + prose(500)).length);
    expect(lengths).toEqual(alone);
  });

  it('counts as buffered as long as it is being compressed, and `drained` waits for it', async () => {
    const { client, server } = await pair(true, { highWaterBytes: 100_000 });
    const came = next(server, 'message');
    expect(client.send(prose(1_000_000))).toBe(false);
    expect(client.bufferedBytes).toBe(1_000_000);
    await client.drained();
    expect(client.bufferedBytes).toBeLessThan(25_000);
    expect((await came)[0].length).toBe(1_000_000);
  });

  it('is bounded by maxBufferedBytes before it is compressed', async () => {
    const limits = { highWaterBytes: 100_000, maxBufferedBytes: 1_000_000 };
    const { peer, websocket } = await rawPeer(await serve({ compression: true, ...limits }));
    const closed = next(websocket, 'closed');
    websocket.send(prose(600_000));
    websocket.send(prose(600_000));
    peer.socket.end();
    expect((await closed)[0]).toMatchObject({ code: 1008, fault: { name: 'READS_TOO_SLOWLY' } });
  });

  it('a ping passes a message that is being compressed, a close does not', async () => {
    const { client, server } = await pair();
    const events: string[] = [];
    server.on('message', (message) => events.push(`message ${message.length}`));
    server.on('ping', () => events.push('ping'));
    server.on('closed', ({ code }) => events.push(`closed ${code}`));
    client.send(prose(3_000_000));
    void client.ping().catch(() => undefined);
    expect((await client.close(4000)).code).toBe(4000);
    await eventually(() => events.length === 3);
    expect(events).toEqual(['ping', 'message 3000000', 'closed 4000']);
  });

  it('is told one by one to who iterates, while large ones are inflated', async () => {
    const { client, server } = await pair();
    const sizes = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 300_000 : 2000) + at);
    for (const size of sizes) {
      client.send(prose(size));
    }
    const seen: number[] = [];
    for await (const message of server) {
      seen.push(message.length);
      if (seen.length === sizes.length) {
        break;
      }
      await turnOver();
    }
    expect(seen).toEqual(sizes);
  });

  it('a paused websocket is told nothing, not even what was being inflated; resumed, it is told all', async () => {
    const { client, server } = await pair();
    const came = record(server, 'message');
    client.send(prose(400_000));
    client.send('behind');
    await eventually(() => server.compression && isReading(server));
    server.pause();
    const before = came.length;
    await turnOver();
    expect(came.length).toBe(before);
    server.resume();
    await eventually(() => came.length === 2);
    expect(came.map(([message]) => message.length)).toEqual([400_000, 6]);
  });

  it('a websocket that is cut while it compresses and inflates ends once, and tells nothing after it', async () => {
    const { client, server } = await pair();
    const events: string[] = [];
    server.on('message', () => events.push('message'));
    server.on('closed', ({ code }) => events.push(`closed ${code}`));
    client.send(prose(3_000_000));
    server.send(prose(3_000_000));
    await turnOver();
    server.terminate();
    const [why] = await next(client, 'closed');
    expect(why.code).toBe(1006);
    await eventually(() => events.length > 0);
    await turnOver();
    expect(events).toEqual(['closed 1006']);
  });
});

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

it('messages that are not compressed are as good as ever, between compressed ones', async () => {
  const { peer, websocket } = await rawPeer(await serve({ compression: true }));
  const came = record(websocket, 'message');
  peer.write(text('one'), compressed(1, deflated('two')), text('three'));
  await eventually(() => came.length === 3);
  expect(came.flat()).toEqual(['one', 'two', 'three']);
});

function isSame(came: string | Buffer, sent: string | Buffer): boolean {
  return typeof came === typeof sent && Buffer.from(came).equals(Buffer.from(sent));
}

/** How it ended, when the peer has heard that it did. */
async function ending(peer: RawPeer, websocket: Websocket): Promise<Closing> {
  const closed = next(websocket, 'closed');
  await peer.ended();
  peer.socket.end();
  return (await closed)[0];
}

/** Bytes have come. */
function isReading(websocket: Websocket): boolean {
  const { socket } = (websocket as unknown as { drive: { socket: { bytesRead: number } } }).drive;
  return socket.bytesRead > 1000;
}
