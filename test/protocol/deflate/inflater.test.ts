import { describe, expect, it } from 'vitest';
import { type ConnectionOptions, faults } from '../../../src/protocol/index.ts';
import {
  feed,
  feedings,
  fromPeer,
  openConnection,
  type PeerFrame,
  roles,
  streamOf,
} from '../support.ts';
import {
  compression,
  deflated,
  noise,
  prose,
  type TestCompression,
  withTakeover,
} from './support.ts';

const large = deflated(noise(60_000, 7));

function open(
  role: 'server' | 'client',
  made: TestCompression = compression(),
  options: ConnectionOptions = {},
) {
  const { connection, sink, sent } = openConnection({
    role,
    options,
    ports: { compression: made },
  });
  const hear = (...frames: PeerFrame[]): void => connection.receive(streamOf(role, frames), 0);
  return { connection, sink, sent, hear, codec: made.codec, made };
}

const compressed = (plain: string | Uint8Array, more: Partial<PeerFrame> = {}): PeerFrame => ({
  opcode: 'text',
  reserved: 4,
  payload: deflated(plain),
  ...more,
});
const text = (payload: string): PeerFrame => ({ opcode: 'text', payload });
const largeFrame: PeerFrame = { opcode: 'text', reserved: 4, payload: large };

describe.each(roles)('RFC 7692 §7.2.2 what a %s receives', (role) => {
  it.each(feedings)('is inflated, %s', (how) => {
    const { connection, sink } = open(role);
    const payload = deflated('whole');
    const stream = streamOf(role, [
      compressed('hello'),
      text('plain'),
      { opcode: 'text', reserved: 4, final: false, payload: payload.subarray(0, 2) },
      { opcode: 'ping' },
      { opcode: 'continuation', payload: payload.subarray(2) },
      compressed('', { opcode: 'binary' }),
    ]);
    feed(connection, stream, how);
    expect(sink.events).toEqual(['text hello', 'text plain', 'ping ', 'text whole', 'binary ']);
  });

  it('is handed over when it fills its memory, and lent when it is a small part of it', () => {
    const { sink, hear } = open(role);
    hear(compressed('hello'), compressed(new Uint8Array(9000)));
    expect(sink.messages.map(({ owned }) => owned)).toEqual([false, true]);
  });

  it('an empty payload is an empty message: some send it for one', () => {
    const { sink, hear } = open(role);
    hear({ opcode: 'text', reserved: 4, payload: '' }, text('next'));
    expect(sink.events).toEqual(['text ', 'text next']);
  });

  it('B7 fails with 1002 for RSV1 where it may not be, and for RSV2 and RSV3 anywhere', () => {
    for (const frame of [
      { opcode: 'continuation', reserved: 4 },
      { opcode: 'ping', reserved: 4 },
      { opcode: 'pong', reserved: 4 },
      { opcode: 'close', reserved: 4 },
      { opcode: 'text', reserved: 6 },
      { opcode: 'text', reserved: 5 },
      { opcode: 'binary', reserved: 2 },
      { opcode: 'binary', reserved: 1 },
    ] as const) {
      const { connection, sink, hear } = open(role);
      hear({ opcode: 'text', final: false, payload: 'x' }, frame);
      connection.end(0);
      expect(sink.events.at(-1)).toBe('closed 1002 RESERVED_BITS');
    }
  });

  it('B7 fails with 1002 for RSV1 when nothing was agreed', () => {
    const { connection, sink } = openConnection({ role });
    connection.receive(fromPeer(role, compressed('hello')), 0);
    connection.end(0);
    expect(sink.events.at(-1)).toBe('closed 1002 RESERVED_BITS');
  });

  it.each([
    ['no DEFLATE', Uint8Array.of(255, 255, 255, 255), '1007 DEFLATE_INVALID'],
    ['cut short', deflated(prose(500)).subarray(0, 100), '1007 DEFLATE_INVALID'],
    ['no UTF-8', deflated(Uint8Array.of(0x61, 0xff)), '1007 INVALID_UTF8'],
  ])('fails when it is %s', (_, payload, why) => {
    const { connection, sink, hear } = open(role);
    hear({ opcode: 'text', reserved: 4, payload }, text('never'));
    connection.end(0);
    expect(sink.events).toEqual(['closing', 'shut', `closed ${why}`]);
  });

  it('the platform failing is not the peer: 1011', () => {
    const made = compression();
    Object.assign(made.codec, { inflate: () => 'failed' });
    const { connection, sink, hear } = open(role, made);
    hear(compressed('hello'));
    connection.end(0);
    expect(sink.events.at(-1)).toBe('closed 1011 INFLATE_FAILED');
  });

  it('the limit holds for what it is, compressed and inflated: exactly as much passes', () => {
    const options = { maxMessageBytes: 1000 };
    const exact = open(role, compression(), options);
    exact.hear(compressed('a'.repeat(1000)));
    expect(exact.sink.messages[0]?.payload.length).toBe(1000);
    for (const frame of [
      compressed('a'.repeat(1001)),
      { opcode: 'text', reserved: 4, declared: 1001, payload: '' } as const,
    ]) {
      const { connection, sink, hear } = open(role, compression(), options);
      hear(frame);
      connection.end(0);
      expect(sink.events.at(-1)).toBe('closed 1009 MESSAGE_TOO_BIG');
    }
  });

  it('C1 with a ratio, what grows more is refused: 64 KiB are free', () => {
    const made = compression(undefined, { maxRatio: 10 });
    const { connection, sink, hear, codec } = open(role, made);
    hear(compressed(new Uint8Array(65_536), { opcode: 'binary' }));
    expect(sink.messages[0]?.payload.length).toBe(65_536);
    hear(compressed(new Uint8Array(65_537), { opcode: 'binary' }));
    connection.end(0);
    expect(sink.events.at(-1)).toBe('closed 1009 RATIO_TOO_HIGH');
    expect(codec.calls.some((call) => call.includes('later'))).toBe(false);
  });
});

describe.each(roles)('a large message to a %s', (role) => {
  it('is inflated elsewhere; the peer waits, and what came behind it is told after it', () => {
    const { connection, sink, hear, codec, made } = open(role);
    hear(text('before'), largeFrame, text('after'), { opcode: 'ping' });
    expect(sink.events).toEqual(['text before']);
    expect(made.waits).toBe(1);
    expect(connection.isSuspended).toBe(true);
    codec.finish();
    expect(connection.isSuspended).toBe(false);
    expect(sink.events.map((event) => event.split(' ').slice(0, 2).join(' '))).toEqual([
      'text before',
      'text 60000',
      'text after',
      'ping ',
    ]);
  });

  it('so is a small one that turns out to hold much', () => {
    const { sink, hear, codec } = open(role);
    hear(compressed(new Uint8Array(300_000), { opcode: 'binary' }), text('after'));
    expect(codec.calls).toEqual([
      expect.stringMatching(/^inflate \d+$/),
      expect.stringMatching(/^inflate later/),
    ]);
    expect(sink.events).toEqual([]);
    codec.finish();
    expect(sink.messages[0]?.payload.length).toBe(300_000);
    expect(sink.events[1]).toBe('text after');
  });

  it('is kept while it waits, whatever becomes of the bytes that it came in', () => {
    const { connection, sink, codec } = open(role);
    const chunk = fromPeer(role, largeFrame);
    connection.receive(chunk, 0);
    chunk.fill(0);
    codec.finish();
    expect(Buffer.compare(sink.messages[0]!.payload, noise(60_000, 7))).toBe(0);
  });

  it('two of them, one behind the other', () => {
    const { sink, hear, codec } = open(role);
    hear(largeFrame, largeFrame, text('end'));
    expect(codec.waiting).toBe(1);
    codec.finish();
    expect(sink.messages.length).toBe(1);
    expect(codec.waiting).toBe(1);
    codec.finish();
    expect(sink.events.at(-1)).toBe('text end');
  });

  it('waits for the application too: neither undoes the other', () => {
    const { connection, sink, hear, codec } = open(role);
    hear(largeFrame, text('after'));
    connection.suspend();
    codec.finish();
    expect(sink.events).toEqual([]);
    expect(connection.isSuspended).toBe(true);
    connection.resume(0);
    expect(sink.messages.length).toBe(2);

    hear(largeFrame, text('again'));
    connection.suspend();
    connection.resume(0);
    expect(sink.messages.length).toBe(2);
    expect(connection.isSuspended).toBe(true);
    codec.finish();
    expect(sink.messages.length).toBe(4);
  });

  it('an application that suspends when it is told gets no more', () => {
    const { connection, sink, hear, codec } = open(role);
    sink.whenTold = () => connection.suspend();
    hear(largeFrame, text('after'));
    codec.finish();
    expect(sink.messages.length).toBe(1);
    connection.resume(0);
    expect(sink.messages.length).toBe(2);
  });

  it('does not make the peer silent, slow or idle', () => {
    const { connection, sink, hear, codec, made } = open(role, compression(), { idleMs: 1000 });
    hear(largeFrame, { payload: 'x'.repeat(10), declared: 1000 });
    connection.expire(1_000_000);
    expect(sink.events).toEqual([]);
    made.nowMs = 1_000_000;
    codec.finish();
    connection.expire(1_000_500);
    expect(sink.events.length).toBe(1);
    expect(connection.phase).toBe('open');
  });

  it('a message that waits for its turn is not touched by what is read into the same Buffer meanwhile', () => {
    const { connection, sink, codec } = open(role);
    const chunk = Buffer.from(streamOf(role, [largeFrame]));
    connection.receive(chunk, 0);
    chunk.fill(0);
    codec.finish();
    expect(Buffer.from(sink.messages[0]!.payload).equals(noise(60_000, 7))).toBe(true);
  });

  it('a late answer to a connection that has ended is let go of', () => {
    const { connection, sink, hear, codec, made } = open(role);
    hear(largeFrame);
    const job = codec['later'][0]!;
    connection.end(0);
    expect(codec.waiting).toBe(0);
    job();
    expect(made.turns).toBe(0);
    expect(sink.events).toEqual(['closing', 'closed 1006 lost']);
  });

  it('a late answer to one that was failed meanwhile is let go of', () => {
    const { connection, sink, hear, codec } = open(role);
    hear(largeFrame, text('after'));
    connection.failWith(faults.READS_TOO_SLOWLY, 0);
    codec.finish();
    expect(connection['incoming']['inflater']?.isHolding).toBe(false);
    connection.end(100);
    expect(sink.messages).toEqual([]);
    expect(sink.events).toEqual(['closing', 'shut', 'closed 1008 READS_TOO_SLOWLY']);
  });

  it('is told before the end of the input that came behind it', () => {
    const { connection, sink, hear, codec } = open(role);
    hear(largeFrame);
    connection.endOfInput(0);
    expect(sink.events).toEqual([]);
    codec.finish();
    expect(sink.messages.length).toBe(1);
    expect(sink.events.slice(1)).toEqual(['closing', 'shut']);
  });

  it('a Close behind it is answered after it', () => {
    const { sink, sent, hear, codec } = open(role);
    hear(largeFrame, { opcode: 'close', payload: Uint8Array.of(3, 232) });
    expect(sent()).toEqual([]);
    codec.finish();
    expect(sink.messages.length).toBe(1);
    expect(sent()).toEqual(['close 1000']);
  });

  it('keeps its window in step with what is done at once', () => {
    const { sink, hear, codec } = open(role, compression(withTakeover));
    hear(largeFrame);
    codec.finish();
    const plain = sink.messages[0]!.payload;
    const again = codec.deflate(
      plain.subarray(-1000),
      { windowBits: 15, level: 6, memoryLevel: 8 },
      plain.slice(-32_768),
    )!;
    expect(again.length).toBeLessThan(30);
    hear({ opcode: 'binary', reserved: 4, payload: again });
    expect(sink.messages[1]!.payload).toEqual(plain.slice(-1000));
  });
});
