/**
 * The judge, judged: other implementations must get the verdicts that they deserve.
 * `ws` is known to look at UTF-8 when a message is whole, and to refuse more than 16,384 fragments.
 * The careless one checks nothing: it must fail wherever something is to be refused, and nowhere
 * else.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { startCareless } from './careless.ts';
import { listed } from './cases/index.ts';
import { close, continuation, encode, type Frame, frame, opcodes, text } from './frames.ts';
import { StrictInflater } from './inflate.ts';
import { Peer } from './peer.ts';
import { FrameReader } from './reader.ts';
import { run, type Subject } from './run.ts';
import { samples } from './samples.ts';
import type { Case } from './script.ts';

const all = listed.flatMap((group) => group.cases);
const isCompressed = (each: Case): boolean => each.opening?.deflate !== undefined;
const cases = all.filter((each) => !isCompressed(each));

async function startWs(perMessageDeflate: object | false = false): Promise<Subject> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
  server.on('connection', (socket) => {
    // The peer sees it as a Close frame: that is what is judged.
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    role: 'server',
    meet: (opening) => Peer.dial(port, opening),
    stop: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('the judge', () => {
  it('finds of ws 8.23 what is known of it, and nothing else', async () => {
    const subject = await startWs();
    const notOk: Record<string, string> = {};
    for (const each of cases) {
      const { verdict } = await run(each, subject);
      if (verdict !== 'OK') {
        notOk[each.id] = verdict;
      }
    }
    await subject.stop();
    expect(notOk).toEqual({
      '6.4.1': 'NON-STRICT',
      '6.4.2': 'NON-STRICT',
      '6.4.3': 'NON-STRICT',
      '6.4.4': 'NON-STRICT',
      '7.1.6': 'INFORMATIONAL',
      '7.13.1': 'INFORMATIONAL',
      '7.13.2': 'INFORMATIONAL',
      '9.3.1': 'FAILED',
      '9.4.1': 'FAILED',
    });
  });

  it('finds nothing wrong with ws 8.23 when it compresses, in one size of message of each group', async () => {
    const subject = await startWs({ threshold: 0 });
    for (const each of all.filter(({ id }) => /^1[23]\.\d\.(5|12)$/.test(id))) {
      expect([each.id, await run(each, subject)]).toEqual([
        each.id,
        { verdict: 'OK', reasons: [] },
      ]);
    }
    await subject.stop();
  });

  it('fails whoever does not compress when it is asked to', async () => {
    const subject = await startWs();
    const [each] = all.filter(isCompressed);
    const { verdict, reasons } = await run(each!, subject, 1500);
    await subject.stop();
    expect(verdict).toBe('FAILED');
    expect(reasons[0]).toBe('compression was not agreed (RFC 7692 §5.1)');
  });

  it('fails one that checks nothing where something is to be refused, and only there', async () => {
    const subject = await startCareless();
    const small = cases.filter(({ id }) => /^[2-7]\./.test(id) && id !== '7.1.6');
    const verdicts = await Promise.all(
      small.map(async (each) => ({ id: each.id, ...(await run(each, subject, 1500)) })),
    );
    await subject.stop();
    const failed = verdicts.filter(({ verdict }) => verdict === 'FAILED').map(({ id }) => id);
    const refused = small.filter((each) => {
      const { ending } = each.script('server');
      return !ending.peerCloses && !ending.orderly;
    });
    expect(failed).toEqual(refused.map(({ id }) => id));
    expect(failed.length).toBe(117);
  });
});

describe('§5 what the judge holds against a subject', () => {
  const rows: readonly [name: string, frames: readonly Frame[], wrong: readonly string[]][] = [
    ['nothing in a text', [text('good')], []],
    ['a reserved bit', [text('a', { reserved: 4 })], ['a reserved bit is set (§5.2)']],
    ['a mask', [text('a', { wrongMask: true })], ['masked: true (§5.1)']],
    ['a long length', [text('a', { lengthBits: 16 })], ['long length (§5.2)']],
    ['an unknown opcode', [frame(12)], ['opcode 12 (§5.2)']],
    ['half a ping', [frame(9, '', { final: false })], ['a control frame in fragments (§5.5)']],
    [
      'a long pong',
      [frame(opcodes.pong, Buffer.alloc(126))],
      ['a control frame of more than 125 bytes (§5.5)'],
    ],
    ['a continuation of nothing', [continuation('a')], ['a continuation of nothing (§5.4)']],
    [
      'a text in a text',
      [text('a', { final: false }), text('b')],
      ['a message inside another (§5.4)'],
    ],
    ['text that is none', [text(Buffer.of(0xff))], ['a text that is not UTF-8 (§8.1)']],
    ['half a code', [close(undefined, 'a')], ['a Close body of one byte (§5.5.1)']],
    [
      'a reason that is no text',
      [close(1000, Buffer.of(0xff))],
      ['a Close reason that is not UTF-8 (§5.5.1)'],
    ],
    ['a frame after Close', [close(1000), text('a')], ['3 bytes after its Close frame (§5.5.1)']],
  ];
  for (const [name, frames, wrong] of rows) {
    it(`${name}: whole, and one byte at a time`, () => {
      const bytes = encode(frames, false);
      const whole = new FrameReader(false);
      whole.feed(Buffer.from(bytes));
      expect(whole.wrong).toEqual(wrong);
      const bitByBit = new FrameReader(false);
      for (const byte of bytes) {
        bitByBit.feed(Buffer.of(byte));
      }
      expect(bitByBit.wrong.length > 0).toBe(wrong.length > 0);
    });
  }
});

describe('the strict inflater', () => {
  const plain = samples[0]!.slice(0, 20_000);
  const flushed = { finishFlush: constants.Z_SYNC_FLUSH };
  const payload = deflateRawSync(plain, flushed).subarray(0, -4);

  it('reads what zlib writes at every level, and refers to earlier messages', () => {
    for (let level = 0; level <= 9; level += 1) {
      const strict = new StrictInflater({ windowBits: 15, takeover: true });
      const first = deflateRawSync(plain, { ...flushed, level }).subarray(0, -4);
      const again = deflateRawSync(plain, { ...flushed, level, dictionary: plain }).subarray(0, -4);
      expect(strict.message(first).equals(plain)).toBe(true);
      expect(strict.message(again).equals(plain)).toBe(true);
    }
  });

  it('sees a reference beyond the window, or to a message that was to be forgotten', () => {
    const narrow = new StrictInflater({ windowBits: 9, takeover: false });
    expect(() => narrow.message(payload)).toThrow('beyond the window');
    const forgetful = new StrictInflater({ windowBits: 15, takeover: false });
    forgetful.message(payload);
    const again = deflateRawSync(plain, { ...flushed, dictionary: plain }).subarray(0, -4);
    expect(() => forgetful.message(again)).toThrow('beyond the window');
  });

  it('sees that a payload was cut short', () => {
    const strict = new StrictInflater({ windowBits: 15, takeover: false });
    expect(() => strict.message(payload.subarray(0, 1000))).toThrow();
    expect(() => strict.message(payload.subarray(0, -1))).toThrow();
  });
});
