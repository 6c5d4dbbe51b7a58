import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionOptions, Role } from '../../src/protocol/index.ts';
import {
  closeBody,
  fromPeer,
  join,
  openConnection,
  type PeerFrame,
  roles,
  toBytes,
} from './support.ts';

/** Small, so that streams reach them. */
const limits: readonly ConnectionOptions[] = [
  {},
  { maxMessageBytes: 40, maxFrameBytes: 30, maxFragments: 3, fragmentChargeBytes: 10 },
];

interface Run {
  readonly events: readonly string[];
  readonly output: string;
  readonly fault: string | undefined;
}

/** Feeds the stream in chunks of these sizes, again and again. `pauses`: suspends inside of every call. */
function run(
  role: Role,
  stream: Uint8Array,
  sizes: readonly number[],
  options: ConnectionOptions,
  pauses = false,
): Run {
  const keys = { next: () => 0x01020304 } as never;
  const { connection, sink } = openConnection({ role, options, ports: { keys } });
  if (pauses) {
    sink.whenTold = () => connection.suspend();
  }
  for (let at = 0, i = 0; at < stream.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    const chunk = stream.slice(at, at + size);
    connection.receive(chunk, 0);
    chunk.fill(0xff);
    at += size;
    while (connection.isSuspended) {
      connection.resume(0);
    }
  }
  connection.end(0);
  const output = Buffer.from(sink.output).toString('hex');
  return { events: sink.events, output, fault: sink.why?.fault?.name };
}

const payload = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map(toBytes),
  fc.uint8Array({ maxLength: 12 }),
  fc.integer({ min: 120, max: 140 }).map((length) => new Uint8Array(length).fill(0x61)),
  fc.constantFrom(closeBody(1000, 'bye'), closeBody(1005)),
);
/** A frame that is likely to be right. */
const likely: fc.Arbitrary<PeerFrame> = fc.record({
  opcode: fc.constantFrom(0, 0, 1, 1, 2, 9, 10, 9, 8),
  final: fc.constantFrom(true, true, true, false),
  payload,
});
/** A frame with anything in it. */
const odd: fc.Arbitrary<PeerFrame> = fc.record({
  opcode: fc.nat({ max: 15 }),
  final: fc.boolean(),
  reserved: fc.constantFrom(0, 0, 0, 4, 1),
  masked: fc.boolean(),
  lengthBytes: fc.constantFrom(0, 2, 8),
  declared: fc.constantFrom(0, 5, 125),
  payload,
});
const frames = fc.array(fc.oneof({ arbitrary: likely, weight: 9 }, { arbitrary: odd, weight: 1 }), {
  maxLength: 9,
});

function toStream(role: Role, list: readonly PeerFrame[], noise: Uint8Array): Uint8Array {
  return join([...list.map((frame) => fromPeer(role, frame)), noise]);
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const noise = fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 20 }));

for (const role of roles) {
  describe(`§5 any chunking of any stream, ${role}`, () => {
    it('gives the same calls, the same answers and the same fault', () => {
      fc.assert(
        fc.property(
          frames,
          noise,
          sizes,
          fc.constantFrom(...limits),
          (list, tail, cuts, options) => {
            const stream = toStream(role, list, tail);
            const whole = run(role, stream, [stream.length + 1], options);
            expect(run(role, stream, [1], options)).toEqual(whole);
            expect(run(role, stream, cuts, options)).toEqual(whole);
            expect(run(role, stream, cuts, options, true)).toEqual(whole);
          },
        ),
        { numRuns: 600 },
      );
    });

    it('tells exactly the messages that were sent, when all is valid', () => {
      const message = fc.record({
        text: fc.boolean(),
        parts: fc.array(fc.string({ maxLength: 150 }), { minLength: 1, maxLength: 4 }),
        pings: fc.boolean(),
      });
      fc.assert(
        fc.property(fc.array(message, { maxLength: 5 }), sizes, (messages, cuts) => {
          const expected: string[] = [];
          const list = messages.flatMap(({ text, parts, pings }) => {
            const content = Buffer.from(parts.join(''));
            expected.push(`${text} ${content.toString('hex')}`);
            return parts.flatMap((part, i): PeerFrame[] => [
              { opcode: i > 0 ? 0 : text ? 1 : 2, payload: part, final: i === parts.length - 1 },
              ...(pings ? [{ opcode: 9, payload: part.slice(0, 40) }] : []),
            ]);
          });
          const { connection, sink } = openConnection({ role });
          const stream = toStream(role, list, new Uint8Array(0));
          for (let at = 0, i = 0; at < stream.length; i += 1) {
            const size = cuts[i % cuts.length]!;
            connection.receive(stream.slice(at, at + size), 0);
            at += size;
          }
          const told = sink.messages.map(
            (m) => `${m.text} ${Buffer.from(m.payload).toString('hex')}`,
          );
          expect(told).toEqual(expected);
        }),
        { numRuns: 300 },
      );
    });
  });
}
