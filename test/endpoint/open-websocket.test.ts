import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/endpoint/index.ts';
import { eventually, frame, record, text, turnOver, uncaught } from './support.ts';
import { pair, payloads, watched } from './watched.ts';

describe('one write per turn and socket', () => {
  it('sixteen echoes to one chunk leave in one write', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => void websocket.send(message)),
    );
    const { peer, writes, chunks } = it_!;
    peer.write(...Array.from({ length: 16 }, (_, i) => text(`echo ${i}`)));
    expect((await peer.frames(16)).length).toBe(16);
    expect(writes.length).toBe(chunks.length);
    expect(writes.length).toBe(1);
  });

  it('what is sent outside of a turn, within one turn of the loop, leaves in one write', async () => {
    const [it_] = await watched();
    const { peer, websocket, writes } = it_!;
    websocket.send('one');
    websocket.send(new Uint8Array([2]));
    await Promise.resolve();
    websocket.send(prepare('three'));
    void websocket.ping();
    expect((await peer.frames(4)).map(({ opcode }) => opcode)).toEqual([1, 2, 1, 9]);
    expect(writes.length).toBe(1);
  });

  it('a prepared message reaches many, each in one write', async () => {
    const all = await watched(() => {}, 10);
    const message = prepare('to all');
    for (const { websocket } of all) {
      websocket.send(message);
      websocket.send(message);
    }
    for (const { peer, writes } of all) {
      expect(payloads(await peer.frames(2))).toEqual(['to all', 'to all']);
      expect(writes.length).toBe(1);
    }
  });

  it('keeps the order across turns and what is sent between them', async () => {
    const { client, server } = await pair();
    const got = record(client, 'message');
    let count = 0;
    const sendNext = (): void => {
      server.send(String(count));
      count += 1;
    };
    server.on('message', () => {
      sendNext();
      queueMicrotask(sendNext);
      setImmediate(sendNext);
    });
    for (let i = 0; i < 100; i += 1) {
      client.send('go');
      if (i % 10 === 0) {
        sendNext();
        await turnOver();
      }
    }
    await eventually(() => got.length === 310);
    expect(got).toEqual(Array.from({ length: 310 }, (_, i) => [String(i)]));
  });

  it('large messages arrive whole, in order, among small ones', async () => {
    const { client, server } = await pair();
    const got = record(client, 'message');
    const large = Buffer.alloc(5_000_000, 'abcdefg');
    server.send('before');
    server.send(large);
    server.send('between');
    server.send(large.toString());
    await eventually(() => got.length === 4);
    expect(got.map(([message]) => message.length)).toEqual([6, 5_000_000, 7, 5_000_000]);
    expect((got[1]![0] as Buffer).equals(large)).toBe(true);
    expect(got[3]![0]).toBe(large.toString());
  });
});

describe('what a listener is given is its own', () => {
  it('shares no memory with what was read', async () => {
    const [it_] = await watched();
    const { peer, websocket, chunks } = it_!;
    const got = record(websocket, 'message');
    const pings = record(websocket, 'ping');
    const pongs = record(websocket, 'pong');
    const sizes = [0, 1, 125, 126, 5000, 30_000];
    peer.write(
      ...sizes.map((size) => frame(2, Buffer.alloc(size, 7))),
      frame(9, 'i'),
      frame(10, 'o'),
    );
    await eventually(() => pongs.length === 1);
    expect(got.map(([message]) => message.length)).toEqual(sizes);
    const kept = [...got, ...pings, ...pongs].map(([bytes]) => bytes as Buffer);
    for (const chunk of chunks) {
      expect(kept.every(({ buffer }) => buffer !== chunk.buffer)).toBe(true);
      chunk.fill(0xff);
    }
    expect(kept.every((bytes) => !bytes.includes(0xff))).toBe(true);
  });

  it('throwing surfaces and disturbs nobody: not the other listeners, not the connection', async () => {
    const errors = uncaught();
    const { client, server } = await pair();
    server.on('message', () => {
      throw new Error('a mistake');
    });
    const got = record(server, 'message');
    client.send('one');
    client.send('two');
    await eventually(() => got.length === 2);
    expect(errors).toEqual([new Error('a mistake'), new Error('a mistake')]);
    expect(server.state).toBe('open');
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
  });

  it('off, and what on gave, both take a listener away', async () => {
    const { client, server } = await pair();
    const seen: string[] = [];
    const one = (): void => void seen.push('one');
    server.on('message', one);
    const stop = server.on('message', () => void seen.push('two'));
    const got = record(server, 'message');
    client.send('');
    await eventually(() => got.length === 1);
    server.off('message', one);
    stop();
    client.send('');
    await eventually(() => got.length === 2);
    expect(seen).toEqual(['one', 'two']);
  });
});

describe('B5 what is sent is checked', () => {
  it.each([
    ['a text', 'tëxt', 1, Buffer.from('tëxt')],
    ['bytes', new Uint8Array([1, 2]), 2, Buffer.from([1, 2])],
    ['an ArrayBuffer', new Uint8Array([3]).buffer, 2, Buffer.from([3])],
    ['nothing in a text', '', 1, Buffer.alloc(0)],
    ['a prepared text', prepare('p'), 1, Buffer.from('p')],
    [
      'large shared bytes',
      new Uint8Array(new SharedArrayBuffer(20_000)).fill(5),
      2,
      Buffer.alloc(20_000, 5),
    ],
  ])('%s: exactly its bytes', async (_what, message, opcode, payload) => {
    const [it_] = await watched();
    it_!.websocket.send(message);
    expect(await it_!.peer.frames(1)).toEqual([{ final: true, opcode, payload }]);
  });

  it.each([
    ['a number', 4096],
    ['a Float32Array', new Float32Array(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a SharedArrayBuffer', new SharedArrayBuffer(4)],
    ['nothing', undefined],
  ])('%s is refused, as a message and as a reason', async (_what, wrong) => {
    const [it_] = await watched();
    const { websocket, writes } = it_!;
    const refusal = expect.objectContaining({ name: 'UsageError', code: 'PAYLOAD_INVALID' });
    expect(() => websocket.send(wrong as never)).toThrow(refusal);
    if (wrong !== undefined) {
      expect(() => void websocket.close(1000, wrong as never)).toThrow(refusal);
    }
    await turnOver();
    expect(websocket.state).toBe('open');
    expect(writes).toEqual([]);
  });

  it('a detached buffer is refused', async () => {
    const [it_] = await watched();
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const gone of [bytes, bytes.buffer]) {
      expect(() => it_!.websocket.send(gone)).toThrow(
        expect.objectContaining({ code: 'PAYLOAD_INVALID' }),
      );
    }
  });

  it('a ping carries what we put into it, whatever it is called with', async () => {
    const [it_] = await watched();
    void (it_!.websocket.ping as (payload: unknown) => unknown).call(it_!.websocket, 100);
    expect((await it_!.peer.frames(1))[0]?.payload.toString()).toMatch(/^ping \d+$/);
  });

  it.each([
    [999, '', 'CLOSE_CODE_INVALID'],
    [1015, '', 'CLOSE_CODE_INVALID'],
    [1006, '', 'CLOSE_CODE_INVALID'],
    [5000, '', 'CLOSE_CODE_INVALID'],
    [3000.5, '', 'CLOSE_CODE_INVALID'],
    ['1000' as never, '', 'CLOSE_CODE_INVALID'],
    [1000, 'é'.repeat(62), 'CLOSE_REASON_TOO_LONG'],
  ])('close(%j, %j) is %s', async (code, reason, expected) => {
    const [it_] = await watched();
    expect(() => void it_!.websocket.close(code, reason)).toThrow(
      expect.objectContaining({ code: expected }),
    );
    expect(it_!.websocket.state).toBe('open');
  });
});

describe('pause', () => {
  it('in the middle of a chunk: the rest is told after resume', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => message === 'two' && websocket.pause()),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    peer.write(text('one'), text('two'), text('three'));
    await eventually(() => messages.length === 2);
    peer.write(text('four'));
    await turnOver();
    expect(messages).toEqual([['one'], ['two']]);
    websocket.resume();
    await eventually(() => messages.length === 4);
    expect(messages.slice(2)).toEqual([['three'], ['four']]);
  });
});
