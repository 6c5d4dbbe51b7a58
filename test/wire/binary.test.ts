import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/ground/bytes.ts';
import {
  clientMessagesFromBinary,
  clientMessageToBinary,
  maxBinaryLength,
  serverMessagesFromBinary,
  serverMessageToBinary,
} from '../../src/wire/binary.ts';
import {
  type ClientMessage,
  clientMessageFromJson,
  type ParsedFrame,
  type ServerMessage,
  serverMessageFromJson,
  toJson,
} from '../../src/wire/index.ts';
import { type Fields, gap, place, samples } from './samples.ts';

type Both = ClientMessage | ServerMessage;

const codecs = {
  client: {
    write: (message: Both) => clientMessageToBinary(message as ClientMessage),
    read: (bytes: Uint8Array): ParsedFrame<Both> => clientMessagesFromBinary(bytes),
    fromJson: clientMessageFromJson,
  },
  server: {
    write: (message: Both) => serverMessageToBinary(message as ServerMessage),
    read: (bytes: Uint8Array): ParsedFrame<Both> => serverMessagesFromBinary(bytes),
    fromJson: serverMessageFromJson,
  },
} as const;

const all = samples.map(({ from, type, good }) => ({
  from,
  type,
  message: { type, ...good } as unknown as Both,
}));

describe('every message', () => {
  it.each(all)('$from: $type comes back with all its fields', ({ from, message }) => {
    const { write, read } = codecs[from];
    expect(read(write(message))).toEqual({ messages: [message] });
  });

  it.each(all)('$from: $type is shorter than as JSON', ({ from, message }) => {
    expect(codecs[from].write(message).length).toBeLessThan(toJson(message).length);
  });

  it.each(all)('D1: $from: $type that ends anywhere before its end is none', (row) => {
    const { write, read } = codecs[row.from];
    const frame = write(row.message);
    for (let end = 0; end < frame.length; end += 1) {
      expect(read(frame.subarray(0, end))).toHaveProperty('problem');
      // The same with a length that is right.
      const inside = frame.subarray(1, Math.max(1, end));
      expect(read(Uint8Array.of(inside.length, ...inside))).toHaveProperty('problem');
    }
  });

  it.each(all)('$from: $type with a byte too many is none', ({ from, message }) => {
    const { write, read } = codecs[from];
    const inside = write(message).subarray(1);
    expect(read(Uint8Array.of(inside.length + 1, ...inside, 0))).toHaveProperty('problem');
  });
});

describe('any message', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  // JSON has no word for a zero below zero.
  const plain = json.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const data = fc.oneof(plain, fc.uint8Array({ maxLength: 40 }));
  const text = (most: number) => fc.string({ minLength: 1, maxLength: most, unit: 'grapheme' });
  const whole = fc.maxSafeNat().map((value) => value + (value === 0 ? 1 : 0));
  const publication = fc.record(
    {
      offset: fc.constant(8),
      id: fc.constant('p8'),
      prev: fc.constant({ offset: 7, id: 'p7' }),
      data,
      event: text(5),
      key: text(5),
      atMs: fc.double({ noNaN: true, noDefaultInfinity: true }).map((ms) => ms + 0),
      by: text(5),
    },
    { requiredKeys: ['offset', 'id', 'prev', 'data', 'atMs'] },
  );
  const said: fc.Arbitrary<Fields> = fc.oneof(
    fc.record(
      {
        type: fc.constant('publish'),
        id: whole,
        channel: text(9),
        data,
        event: text(9),
        key: text(9),
        producer: fc.record({ name: fc.constant('x'.repeat(20)), epoch: whole, seq: whole }),
        durability: fc.constantFrom('memory', 'disk'),
      },
      { requiredKeys: ['type', 'id', 'channel', 'data'] },
    ),
    fc.record({
      type: fc.constant('call'),
      id: whole,
      method: text(9),
      data,
      withinMs: fc.constant(9),
    }),
  );
  const told: fc.Arbitrary<Fields> = fc.oneof(
    fc.record({ type: fc.constant('publication'), channel: fc.constant('a'), publication }),
    fc.record(
      {
        type: fc.constant('historyPage'),
        id: whole,
        channel: fc.constant('a'),
        publications: fc.array(publication, { maxLength: 4 }),
        top: fc.constant(place),
        more: fc.boolean(),
        gap: fc.constant(gap),
      },
      { requiredKeys: ['type', 'id', 'channel', 'publications', 'top', 'more'] },
    ),
    fc.record(
      {
        type: fc.constant('error'),
        id: whole,
        channel: text(9),
        code: fc.constant('CALL_FAILED'),
        message: text(20),
        retryable: fc.boolean(),
        last: whole,
        details: plain,
      },
      { requiredKeys: ['type', 'id', 'code', 'message', 'retryable'] },
    ),
  );
  const any = fc.oneof(
    said.map((fields) => ({ from: 'client', fields }) as const),
    told.map((fields) => ({ from: 'server', fields }) as const),
  );

  it('is the same by JSON and by binary', () => {
    fc.assert(
      fc.property(any, ({ from, fields }) => {
        const message = fields as unknown as Both;
        const { write, read, fromJson } = codecs[from];
        const parsed = fromJson(toJson(message));
        const read1 = read(write(message));
        expect('message' in parsed && read1).toEqual({
          messages: ['message' in parsed && parsed.message],
        });
      }),
      { numRuns: 300 },
    );
  });

  it('D1: whatever became of its bytes, it is a message or a problem of at most 100 characters', () => {
    const spoilt = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(any, spoilt, fc.nat(3), ({ from, fields }, changes, cut) => {
        const frame = codecs[from].write(fields as unknown as Both);
        for (const [at, byte] of changes) {
          frame[at % frame.length] = byte;
        }
        const parsed = codecs[from].read(frame.subarray(0, frame.length - cut));
        expect('messages' in parsed || parsed.problem.length <= 100).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('D1: so is anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const { read } of Object.values(codecs)) {
          const parsed = read(bytes);
          expect('messages' in parsed || parsed.problem.length <= 100).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('frames', () => {
  const ping = (id: number) => clientMessageToBinary({ type: 'ping', id });
  const pings = (count: number) => concat(Array.from({ length: count }, (_, at) => ping(at + 1)));

  it('one behind another are a frame of several messages, in order', () => {
    expect(clientMessagesFromBinary(pings(3))).toEqual({
      messages: [1, 2, 3].map((id) => ({ type: 'ping', id })),
    });
  });

  it('D4: 1,000 messages are read; none and 1,001 are refused', () => {
    const read = clientMessagesFromBinary(pings(1_000));
    expect('messages' in read && read.messages.length).toBe(1_000);
    expect(clientMessagesFromBinary(pings(1_001))).toEqual({
      problem: 'a frame holds at most 1000 messages',
    });
    expect(clientMessagesFromBinary(new Uint8Array(0))).toHaveProperty('problem');
  });

  it('none counts when one is wrong', () => {
    expect(clientMessagesFromBinary(concat([ping(1), Uint8Array.of(2, 15, 0)]))).toEqual({
      problem: `id must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
    });
  });

  it.each([0, 16, 255])('no message of a client has the number %i', (number) => {
    expect(clientMessagesFromBinary(Uint8Array.of(2, number, 1))).toEqual({
      problem: 'the number of the message is not of this protocol',
    });
  });

  it('3,145,728 bytes are read, one more is refused', () => {
    expect(maxBinaryLength).toBe(3_145_728);
    const around = clientMessageToBinary({
      type: 'signal',
      channel: 'a',
      data: new Uint8Array(3_000_000),
    }).length;
    const data = new Uint8Array(3_000_000 + maxBinaryLength - around);
    const frame = clientMessageToBinary({ type: 'signal', channel: 'a', data });
    expect(frame.length).toBe(maxBinaryLength);
    expect(clientMessagesFromBinary(frame)).toHaveProperty('messages');
    expect(clientMessagesFromBinary(concat([frame, Uint8Array.of(0)]))).toEqual({
      problem: 'the frame is longer than 3145728 bytes',
    });
    expect(clientMessagesFromBinary(ping(1), 2)).toEqual({
      problem: 'the frame is longer than 2 bytes',
    });
  });
});

describe('D2 depth', () => {
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

  it('is the same as in JSON: 63 inside of what a client says', () => {
    const said = (depth: number): ClientMessage => ({
      type: 'signal',
      channel: 'a',
      data: nested(depth),
    });
    for (const depth of [62, 63, 64]) {
      const fits = depth <= 63;
      expect('message' in clientMessageFromJson(toJson(said(depth)))).toBe(fits);
      expect('messages' in clientMessagesFromBinary(clientMessageToBinary(said(depth)))).toBe(fits);
    }
  });

  it('is the same as in JSON: 64 inside of an entry on a page', () => {
    const page = (depth: number): ServerMessage => ({
      type: 'historyPage',
      id: 1,
      channel: 'a',
      publications: [
        { offset: 1, id: 'p', prev: { offset: 0, id: '' }, data: nested(depth), atMs: 0 },
      ],
      top: { epoch: 'e', offset: 1, id: 'p' },
      more: false,
    });
    for (const depth of [63, 64, 65]) {
      const fits = depth <= 64;
      expect('message' in serverMessageFromJson(toJson(page(depth)))).toBe(fits);
      expect('messages' in serverMessagesFromBinary(serverMessageToBinary(page(depth)))).toBe(fits);
    }
  });

  it('200,000 brackets are refused before JSON is asked', () => {
    const deep = new TextEncoder().encode('['.repeat(200_000));
    // 4 bytes of signal, channel and tag; then the length in 3.
    const length = [(200_000 % 128) + 128, (Math.floor(200_000 / 128) % 128) + 128, 12];
    const inside = Uint8Array.of(7, 0, 1, 0x61, 0, ...length);
    const whole = inside.length + deep.length;
    const head = [(whole % 128) + 128, (Math.floor(whole / 128) % 128) + 128, 12];
    expect(clientMessagesFromBinary(concat([Uint8Array.from(head), inside, deep]))).toEqual({
      problem: 'a value is nested too deep',
    });
  });
});
