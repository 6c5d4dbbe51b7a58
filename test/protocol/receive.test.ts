import { describe, expect, it } from 'vitest';
import { faults } from '../../src/protocol/index.ts';
import {
  bytes,
  failure,
  feed,
  feedings,
  fromPeer,
  hear,
  join,
  openConnection,
  type PeerFrame,
  roles,
  show,
  streamOf,
  times,
} from './support.ts';

const kibi = 1024;

function refused(name: keyof typeof faults) {
  return failure(faults[name].closeCode, name, faults[name].message);
}

for (const role of roles) {
  for (const how of feedings) {
    const told = (frames: readonly PeerFrame[], options = {}): string[] =>
      hear(role, streamOf(role, frames), { how, options }).events.slice(0, -2);
    const outcome = (frames: readonly PeerFrame[], options = {}) =>
      hear(role, streamOf(role, frames), { how, options });

    describe(`§5.6 messages to a ${role}, ${how}`, () => {
      it('are told with their kind and their bytes, at every length of the header', () => {
        for (const length of [0, 1, 125, 126, 127, 65_535, 65_536]) {
          const payload = bytes(length, 0x61);
          const text = Buffer.from(payload).toString();
          expect(told([{ payload }])).toEqual([`binary ${show(payload)}`]);
          const shown = length < 100 ? text : show(payload);
          expect(told([{ opcode: 'text', payload }])).toEqual([`text ${shown}`]);
        }
      });

      it('are told one after the other, a byte order mark included', () => {
        const frames = ['one', '', '\ufefftwo', 'é€😀'].map(
          (payload) => ({ opcode: 'text', payload }) as const,
        );
        expect(told(frames)).toEqual(['text one', 'text ', 'text \ufefftwo', 'text é€😀']);
      });

      it('§5.3: have a key of their own', () => {
        expect(
          told([
            { payload: 'abcde', key: [0, 0, 0, 0] },
            { payload: 'abcde', key: [255, 1, 2, 3] },
          ]),
        ).toEqual(['binary 6162636465', 'binary 6162636465']);
      });
    });

    describe(`§5.4 fragments to a ${role}, ${how}`, () => {
      it('are one message, with empty ones, and with control frames in between', () => {
        const { events, sent } = outcome([
          { opcode: 'text', payload: 'Hé'.slice(0, 1), final: false },
          { opcode: 'ping', payload: '1' },
          { opcode: 'continuation', payload: '', final: false },
          { opcode: 'pong', payload: '2' },
          { opcode: 'continuation', payload: Uint8Array.of(0xc3), final: false },
          { opcode: 'ping' },
          { opcode: 'continuation', payload: Uint8Array.of(0xa9), final: false },
          { opcode: 'continuation', payload: '' },
          { payload: 'x' },
        ]);
        const expected = ['ping 31', 'pong 32 undefined', 'ping ', 'text Hé', 'binary 78'];
        expect(events.slice(0, -2)).toEqual(expected);
        expect(sent).toEqual(['pong 31', 'pong']);
      });

      it('may all be empty', () => {
        const frames: PeerFrame[] = [{ final: false }, { opcode: 0, final: false }, { opcode: 0 }];
        expect(told(frames)).toEqual(['binary ']);
      });

      it('are refused without a beginning, or with two', () => {
        expect(outcome([{ opcode: 'continuation' }])).toEqual(refused('CONTINUATION_UNEXPECTED'));
        expect(outcome([{ opcode: 'continuation', final: false }])).toEqual(
          refused('CONTINUATION_UNEXPECTED'),
        );
        for (const opcode of ['text', 'binary'] as const) {
          for (const final of [true, false]) {
            const frames = [{ final: false }, { opcode, final }];
            expect(outcome(frames)).toEqual(refused('CONTINUATION_EXPECTED'));
          }
        }
      });

      it('are refused without a beginning right after a message that was whole', () => {
        const frames: PeerFrame[] = [{ final: false }, { opcode: 0 }, { opcode: 0 }];
        expect(outcome(frames).events).toEqual([
          'binary ',
          ...refused('CONTINUATION_UNEXPECTED').events,
        ]);
      });
    });

    describe(`§8.1 text to a ${role}, ${how}`, () => {
      it('that is no UTF-8 is refused with 1007, in one frame or in several', () => {
        const wrong = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]];
        for (const sequence of wrong) {
          const payload = join([Buffer.from('κόσμε'), Uint8Array.from(sequence)]);
          expect(outcome([{ opcode: 'text', payload }])).toEqual(refused('INVALID_UTF8'));
          const frames: PeerFrame[] = [
            { opcode: 'text', payload: payload.subarray(0, 11), final: false },
            { opcode: 0, payload: payload.subarray(11) },
          ];
          expect(outcome(frames)).toEqual(refused('INVALID_UTF8'));
        }
      });

      it('is refused within a frame that has not ended, at the byte that cannot be', () => {
        const payload = Buffer.from('cebae1bdb9cf83cebcceb5f4908080656469746564', 'hex');
        const frame = fromPeer(role, { opcode: 'text', payload, declared: 10_000 });
        const wrongAt = frame.length - payload.length + payload.indexOf(0x90);
        const before = openConnection({ role });
        feed(before.connection, frame.slice(0, wrongAt), how);
        expect([before.connection.phase, before.sink.events]).toEqual(['open', []]);
        const after = openConnection({ role });
        feed(after.connection, frame.slice(0, wrongAt + 1), how);
        expect(after.sink.events).toEqual(['closing', 'shut']);
        expect(after.sent()).toEqual(refused('INVALID_UTF8').sent);
      });

      it('is not looked for in binary messages', () => {
        expect(told([{ payload: Uint8Array.of(0xff) }])).toEqual(['binary ff']);
      });
    });

    describe(`§5.5 control frames to a ${role}, ${how}`, () => {
      it('of 125 bytes pass', () => {
        const payload = bytes(125);
        expect(outcome([{ opcode: 'ping', payload }])).toEqual({
          events: [`ping ${show(payload)}`, 'closing', 'closed 1006 lost'],
          sent: [`pong ${show(payload)}`],
        });
      });

      it('of 126 bytes fail the connection with 1002', () => {
        for (const opcode of ['ping', 'pong', 'close'] as const) {
          expect(outcome([{ opcode, payload: bytes(126) }])).toEqual(refused('CONTROL_TOO_LONG'));
        }
      });

      it('of 5 bytes whose length is not in its shortest form fail it too', () => {
        expect(outcome([{ opcode: 'ping', payload: 'hello', lengthBytes: 2 }])).toEqual(
          refused('CONTROL_TOO_LONG'),
        );
      });

      it('in fragments fail it', () => {
        expect(outcome([{ opcode: 'ping', final: false }])).toEqual(refused('CONTROL_FRAGMENTED'));
      });
    });

    describe(`§10.4 limits of a ${role}, ${how}`, () => {
      const mebi = 1_048_576;
      const options = { maxMessageBytes: mebi };
      const faultOf = (frames: readonly PeerFrame[], more = {}): string | undefined =>
        outcome(frames, { ...options, ...more }).events.at(-1);

      it('B1: from 2^31 - 1 to 2^63 - 1 are too large, 2^63 and 2^64 - 1 no length at all', () => {
        const unlimited = { maxFrameBytes: Number.POSITIVE_INFINITY };
        for (const declared of [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n]) {
          expect(outcome([{ declared }])).toEqual(refused('FRAME_TOO_BIG'));
          expect(outcome([{ declared }], unlimited)).toEqual(refused('MESSAGE_TOO_BIG'));
        }
        // Not exact as numbers: too large for any limit.
        for (const declared of [2n ** 53n, 2n ** 63n - 1n]) {
          const options = { ...unlimited, maxMessageBytes: Number.POSITIVE_INFINITY };
          expect(outcome([{ declared }], options)).toEqual(refused('FRAME_TOO_BIG'));
        }
        for (const declared of [2n ** 63n, 2n ** 64n - 1n]) {
          expect(outcome([{ declared }])).toEqual(refused('LENGTH_OVERFLOW'));
        }
        for (const [declared, lengthBytes] of [
          [125, 2],
          [65_535, 8],
        ] as const) {
          expect(outcome([{ declared, lengthBytes }])).toEqual(refused('LENGTH_NOT_MINIMAL'));
        }
      });

      it('B1: a frame of the limit passes, one byte more does not', () => {
        expect(faultOf([{ payload: bytes(300) }], { maxFrameBytes: 300 })).toBe('closed 1006 lost');
        expect(faultOf([{ payload: bytes(301) }], { maxFrameBytes: 300 })).toBe(
          'closed 1009 FRAME_TOO_BIG',
        );
        expect(faultOf([{ declared: mebi + 1 }])).toBe('closed 1009 MESSAGE_TOO_BIG');
      });

      it('B2: frames of a message are counted, empty ones too; control frames are not', () => {
        const frames = (count: number): PeerFrame[] =>
          Array.from({ length: count }, (_, i) => ({ opcode: i === 0 ? 2 : 0, final: false }));
        const counted = { maxFragments: 5 };
        const pings = Array.from({ length: 9 }, () => ({ opcode: 'ping', payload: 'x' }) as const);
        expect(faultOf([...frames(4), ...pings, { opcode: 0 }], counted)).toBe('closed 1006 lost');
        expect(faultOf(frames(6), counted)).toBe('closed 1008 TOO_MANY_FRAGMENTS');
        const charged = { maxMessageBytes: 6400 };
        expect(faultOf([...frames(100), { opcode: 0 }], charged)).toBe('closed 1006 lost');
        expect(faultOf(frames(102), charged)).toBe('closed 1008 TOO_MANY_FRAGMENTS');
      });
    });
  }

  describe(`§10.4 large messages to a ${role}, with default limits`, () => {
    /** One message of `total` bytes in frames of `size`. */
    const message = (total: number, size: number): Uint8Array => {
      const count = Math.ceil(total / size);
      const last = fromPeer(role, { opcode: 0, payload: bytes(total - size * (count - 1), 0x2a) });
      if (count === 1) {
        return fromPeer(role, { payload: bytes(total, 0x2a) });
      }
      const middle = fromPeer(role, { opcode: 0, payload: bytes(size, 0x2a), final: false });
      const first = fromPeer(role, { payload: bytes(size, 0x2a), final: false });
      return join([first, ...times(count - 2, middle), last]);
    };
    const told = (stream: Uint8Array, chunkBytes: number, options = {}): string[] => {
      const { connection, sink } = openConnection({ role, options });
      for (let at = 0; at < stream.length; at += chunkBytes) {
        connection.receive(stream.slice(at, at + chunkBytes), 0);
      }
      connection.end(0);
      return sink.events.slice(0, 1);
    };

    it('4 MiB in 64-byte fragments passes', () => {
      const total = 4 * kibi * kibi;
      const expected = [`binary ${show(bytes(total, 0x2a))}`];
      const stream = message(total, 64);
      expect(told(stream, stream.length)).toEqual(expected);
      expect(told(stream, 1000)).toEqual(expected);
    });

    it('16 MiB passes, in one frame and in two; one byte more is refused at its header', () => {
      const total = 16 * kibi * kibi;
      const expected = [`binary ${show(new Uint8Array(total).fill(0x2a))}`];
      const payload = new Uint8Array(total).fill(0x2a);
      const half = payload.subarray(0, total / 2);
      const two = streamOf(role, [
        { payload: half, final: false },
        { opcode: 0, payload: half },
      ]);
      expect(told(fromPeer(role, { payload }), 65_536)).toEqual(expected);
      expect(told(two, 65_536)).toEqual(expected);
      const opened = openConnection({ role });
      feed(opened.connection, fromPeer(role, { declared: total + 1 }), 'whole');
      expect(opened.sent()).toEqual(refused('FRAME_TOO_BIG').sent);
    });

    it('B2: 65,536 empty fragments pass, one more does not', () => {
      const empty = fromPeer(role, { opcode: 0, final: false });
      const first = fromPeer(role, { final: false });
      const rest = join(times(65_534, empty));
      const passing = join([first, rest, fromPeer(role, { opcode: 0 })]);
      expect(told(passing, 10_000)).toEqual(['binary ']);
      expect(hear(role, join([first, rest, empty, empty]))).toEqual(refused('TOO_MANY_FRAGMENTS'));
    });

    it('B1: a limit of 1 MiB passes exactly, and one byte more does not, in 1 to 1,000 frames', () => {
      const limit = kibi * kibi;
      const expected = [`binary ${show(bytes(limit, 0x2a))}`];
      for (const count of [1, 2, 3, 10, 1000]) {
        const options = { maxMessageBytes: limit };
        const size = Math.ceil(limit / count);
        expect(told(message(limit, size), 65_536, options)).toEqual(expected);
        expect(told(message(limit + 1, size), 65_536, options)).toEqual(['closing']);
      }
    });
  });
}
