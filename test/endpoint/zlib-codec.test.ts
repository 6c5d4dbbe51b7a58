import { once } from 'node:events';
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  deflateRawSync,
  inflateRawSync,
} from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StrictInflater } from '../../compliance/inflate.ts';
import { zlibCodec } from '../../src/endpoint/zlib-codec.ts';
import { Window } from '../../src/protocol/deflate/window.ts';
import type { DeflateSettings, Inflated } from '../../src/protocol/index.ts';
import { deflated, noise, prose } from '../protocol/deflate/support.ts';

const settings: DeflateSettings = { windowBits: 15, level: 6, memoryLevel: 8 };
const hello = Buffer.from('Hello');

function inflateLater(payload: Uint8Array, maxBytes: number): Promise<Inflated> {
  return new Promise((resolve) => {
    zlibCodec.inflateLater(payload, maxBytes, undefined, resolve);
  });
}

function deflateLater(payload: Uint8Array, how = settings): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    zlibCodec.deflateLater(payload, how, undefined, resolve);
  });
}

/** Both ways of inflating must say the same. */
async function inflate(payload: Uint8Array, maxBytes = 1_000_000): Promise<Inflated> {
  const atOnce = zlibCodec.inflate(payload, maxBytes, undefined);
  expect(await inflateLater(payload, maxBytes)).toEqual(atOnce);
  return atOnce;
}

const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex');

describe('RFC 7692 §7.2.2 inflating', () => {
  it.each([
    ['one block', 'f2 48 cd c9 c9 07 00'],
    ['a block without compression', '00 05 00 fa ff 48 65 6c 6c 6f 00'],
    ['BFINAL', 'f3 48 cd c9 c9 07 00 00'],
    ['BFINAL, without the empty block behind it', 'f3 48 cd c9 c9 07 00'],
    ['two blocks', 'f2 48 05 00 00 00 ff ff ca c9 c9 07 00'],
    ['empty blocks', '00 00 00 ff ff f2 48 cd c9 c9 07 00 00 00 ff ff 00'],
    ['an empty stream with BFINAL before it', '03 00 f2 48 cd c9 c9 07 00'],
  ])('%s', async (_, payload) => {
    expect(await inflate(hex(payload))).toEqual(hello);
  });

  it.each([
    ['one empty block', '00'],
    ['nothing at all', ''],
    ['an empty stream with BFINAL', '03 00 00'],
  ])('%s is an empty message', async (_, payload) => {
    expect(await inflate(hex(payload))).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['a block of a kind that is none', 'ff'],
    ['cut short', 'f2 48 cd'],
    ['the last four bytes are there', 'f2 48 cd c9 c9 07 00 00 00 ff ff'],
    ['a reference to nothing', 'f2 00 11 00 00'],
    ['something behind BFINAL that is nothing', 'f3 48 cd c9 c9 07 00 ff'],
  ])('%s: corrupt', async (_, payload) => {
    expect(await inflate(hex(payload))).toBe('corrupt');
  });

  it('each cut of a message is corrupt, and none is taken for a shorter one', () => {
    const payload = deflated(prose(2000));
    for (let length = 1; length < payload.length; length += 1) {
      expect(zlibCodec.inflate(payload.subarray(0, length), 10_000, undefined)).toBe('corrupt');
    }
  });

  it('exactly as much as is allowed passes, one byte more does not', async () => {
    for (const bytes of [1, 100, 70_000]) {
      const payload = deflated(new Uint8Array(bytes));
      expect(await inflate(payload, bytes)).toEqual(Buffer.alloc(bytes));
      expect(await inflate(payload, bytes - 1)).toBe('tooBig');
    }
    const twice = Buffer.concat([deflateRawSync(new Uint8Array(50)), deflated(new Uint8Array(50))]);
    expect(await inflate(twice, 100)).toEqual(Buffer.alloc(100));
    expect(await inflate(twice, 99)).toBe('tooBig');
    expect(await inflate(twice, 50)).toBe('tooBig');
    expect(await inflate(hex('00'), 0)).toEqual(Buffer.alloc(0));
  });

  it('a limit beyond what Node can hold is no limit', async () => {
    expect(await inflate(deflated(hello), Number.POSITIVE_INFINITY)).toEqual(hello);
  });

  it('a stream may refer to what stood before BFINAL', () => {
    const first = deflateRawSync(prose(500));
    const window = { dictionary: Buffer.from(prose(500)), finishFlush: constants.Z_SYNC_FLUSH };
    const second = deflateRawSync(prose(500), window).subarray(0, -4);
    const whole = zlibCodec.inflate(Buffer.concat([first, second]), 10_000, undefined);
    expect(whole).toEqual(Buffer.from(prose(500) + prose(500)));
  });

  it('C1 all streams of a message have one limit together', async () => {
    const many = Buffer.concat(Array.from({ length: 100 }, () => deflateRawSync(noise(100))));
    expect(await inflate(Buffer.concat([many, hex('00')]), 150)).toBe('tooBig');
  });

  it('C1 streams with BFINAL have an end: 64 at once, 1,024 elsewhere', async () => {
    const streams = (count: number): Buffer =>
      Buffer.concat([Buffer.alloc(count * 2, hex('03 00')), hex('00')]);
    expect(zlibCodec.inflate(streams(63), 100, undefined)).toEqual(Buffer.alloc(0));
    expect(zlibCodec.inflate(streams(64), 100, undefined)).toBe('tooMany');
    expect(await inflateLater(streams(1023), 100)).toEqual(Buffer.alloc(0));
    expect(await inflateLater(streams(1024), 100)).toBe('tooMany');
  });
});

describe('RFC 7692 §7.2.1 deflating', () => {
  it('gives what the standard shows', () => {
    expect(zlibCodec.deflate(hello, settings, undefined)).toEqual(hex('f2 48 cd c9 c9 07 00'));
    expect(zlibCodec.deflate(hello, settings, hello)).toEqual(hex('f2 00 11 00 00'));
    expect(zlibCodec.deflate(new Uint8Array(0), settings, undefined)).toEqual(hex('00'));
  });

  it('elsewhere as at once', async () => {
    for (const payload of [new Uint8Array(0), hello, Buffer.from(prose(300_000)), noise(100_000)]) {
      expect(await deflateLater(payload)).toEqual(zlibCodec.deflate(payload, settings, undefined));
    }
  });

  const every = [8, 9, 10, 11, 12, 13, 14, 15];
  it.each(every)('C2 no reference reaches beyond a window of %d bits', (windowBits) => {
    const alphabet = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), {
      minLength: 1,
      maxLength: 600,
    });
    const tried = fc.property(
      fc.array(fc.tuple(alphabet, fc.integer({ min: 1, max: 40 })), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (parts, level, memoryLevel) => {
        const how = { windowBits, level, memoryLevel };
        const strict = new StrictInflater({ windowBits, takeover: true });
        const window = new Window(windowBits);
        for (const [letters, times] of parts) {
          const plain = Buffer.from(letters.join('').repeat(times));
          const payload = zlibCodec.deflate(plain, how, window.view)!;
          expect(strict.message(payload).equals(plain)).toBe(true);
          window.add(plain);
        }
      },
    );
    fc.assert(tried, { numRuns: 60 });
  });

  it('uses the window that it has: at 8 bits too there are references', () => {
    for (const windowBits of every) {
      const strict = new StrictInflater({ windowBits, takeover: false });
      const unit = Buffer.from(noise(2 ** windowBits - 270 > 0 ? 2 ** windowBits - 270 : 200));
      const plain = Buffer.concat([unit, unit]);
      strict.message(zlibCodec.deflate(plain, { ...settings, windowBits }, undefined)!);
      expect(strict.furthest).toBe(unit.length);
    }
  });

  it('a small window holds all of a small message', () => {
    const plain = Buffer.concat([noise(450), noise(50)]);
    const strict = new StrictInflater({ windowBits: 15, takeover: false });
    expect(strict.message(zlibCodec.deflate(plain, settings, undefined)!).equals(plain)).toBe(true);
    expect(strict.furthest).toBe(450);
  });

  it('a small message takes as small a window as will do, and gets no longer by it', () => {
    for (const length of [10, 300, 1000, 5000, 30_000]) {
      const plain = Buffer.from(prose(length));
      const best = deflated(plain).length;
      expect(zlibCodec.deflate(plain, settings, undefined)!.length).toBeLessThanOrEqual(
        best * 1.02,
      );
    }
  });
});

it('C3 two jobs at once are on the thread pool, whoever asks for more', async () => {
  let answers = 0;
  const answer = (): void => {
    answers += 1;
  };
  const jobs = Array.from({ length: 9 }, (_, at) =>
    at % 2 === 0
      ? zlibCodec.deflateLater(hello, settings, undefined, answer)
      : zlibCodec.inflateLater(deflated(hello), 100, undefined, answer),
  );
  for (const takeBack of jobs) {
    takeBack();
  }
  // Those that had begun answer, and no other, however many come behind them.
  for (let behind = 0; answers < 2 || behind < 50; behind += 1) {
    await deflateLater(hello);
  }
  expect(answers).toBe(2);
});

describe('C2 whatever zlib throws', () => {
  it('is an answer: no value of a setting ends the process', async () => {
    for (const wrong of [
      { windowBits: 1000 },
      { windowBits: -1 },
      { level: 99 },
      { memoryLevel: 77 },
    ]) {
      const how = { ...settings, ...wrong };
      const isThrown = zlibCodec.deflate(Buffer.alloc(100_000), how, undefined) === undefined;
      expect((await deflateLater(Buffer.alloc(100_000), how)) === undefined).toBe(isThrown);
    }
    const notBytes = 7 as unknown as Uint8Array;
    expect(zlibCodec.deflate(notBytes, settings, undefined)).toBeUndefined();
    expect(await deflateLater(notBytes)).toBeUndefined();
  });

  it('so is a window that is no bytes', async () => {
    const wrong = 'window' as unknown as Uint8Array;
    expect(zlibCodec.inflate(hello, 100, wrong)).toBe('failed');
    const later = new Promise((resolve) => zlibCodec.inflateLater(hello, 100, wrong, resolve));
    expect(await later).toBe('failed');
  });
});

describe('RFC 7692 §7.2.3.2 in step with a stream that lives as long as the connection', () => {
  const chunks = fc.oneof(
    fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.nat(40_000), fc.nat(40_000))
      .map(([at, length]) => Buffer.from(prose(80_000).slice(at, at + length))),
  );

  it('both ways, over thousands of messages', async () => {
    const bits = fc.sample(fc.constantFrom(9, 10, 12, 15), { numRuns: 8, seed: 7 });
    for (const [run, windowBits] of bits.entries()) {
      const messages = fc.sample(chunks, { numRuns: 400, seed: run });
      const deflater = createDeflateRaw({ windowBits });
      const inflater = createInflateRaw({ windowBits });
      const sent = new Window(windowBits);
      const received = new Window(windowBits);
      for (const message of messages) {
        const payload = await through(deflater, message);
        const came = zlibCodec.inflate(payload.subarray(0, -4), 100_000, received.view);
        expect(message.equals(came as Buffer)).toBe(true);
        received.add(message);

        const ours = zlibCodec.deflate(message, { ...settings, windowBits }, sent.view)!;
        const back = await through(inflater, Buffer.concat([ours, hex('0000ffff')]));
        expect(back.equals(message)).toBe(true);
        sent.add(message);
      }
      deflater.close();
      inflater.close();
    }
  }, 60_000);
});

/** What a stream gives for a chunk, flushed. */
async function through(
  stream: ReturnType<typeof createDeflateRaw | typeof createInflateRaw>,
  chunk: Buffer,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const collect = (part: Buffer): void => void parts.push(part);
  stream.on('data', collect);
  if (chunk.length > 0 && !stream.write(chunk)) {
    await once(stream, 'drain');
  }
  await new Promise<void>((resolve) => {
    stream.flush(constants.Z_SYNC_FLUSH, resolve);
  });
  stream.off('data', collect);
  // A flush behind a flush gives nothing.
  const all = Buffer.concat(parts);
  return all.length === 0 && chunk.length === 0 ? hex('00 0000ffff') : all;
}

it('what is given to be inflated is not changed', () => {
  const payload = deflated(prose(1000));
  const before = Buffer.from(payload);
  zlibCodec.inflate(payload, 10_000, undefined);
  expect(before.equals(payload)).toBe(true);
  expect(inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).length).toBe(1000);
});
