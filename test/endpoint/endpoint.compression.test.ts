/**
 * Compression through the whole endpoint, over real sockets: what is agreed, and what travels.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import {
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

  it('C4 without takeover no length of 1,000 guesses tells anything of the secret sent before each', async () => {
    const { peer, websocket } = await rawPeer(await serve({ compression: { thresholdBytes: 0 } }));
    const secret = 's3cr3ts3cr3ts3cr';
    for (let i = 0; i < 1000; i += 1) {
      // Right up to a character, from the first to the last.
      const right = secret.slice(0, i % (secret.length + 1));
      const wrong = Buffer.from(noise(16)).toString('hex').slice(right.length, secret.length);
      const guess = `token=${right}${wrong} ${prose(40)}`;
      websocket.send(`token=${secret} ${prose(40)}`);
      websocket.send(guess);
      const [, answer] = await peer.frames(2);
      // As long as if the secret had never been sent: no statistics can find what is not there.
      expect(answer!.payload.length).toBe(deflated(guess).length);
    }
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

/** Bytes have come. */
function isReading(websocket: Websocket): boolean {
  const { drive } = websocket as unknown as {
    drive: { line: { socket: { bytesRead: number } } };
  };
  return drive.line.socket.bytesRead > 1000;
}
