/**
 * Changes to a stream of frames that leave it one: headers stay right, lengths fit, masks are undone and done again.
 * In: the bytes of a peer, broken or not. Out: other bytes. Cannot fail: what is no frame is carried along as it is.
 */
import { utf8Words } from './dictionary.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';

/** A frame taken apart, so loosely that anything with a header counts as one. */
interface LooseFrame {
  /** FIN, reserved bits and opcode. */
  first: number;
  /** Absent: not masked. */
  key: Uint8Array | undefined;
  /** Without its mask. */
  payload: Uint8Array;
  /** By how much the declared length is larger than what is there. */
  missing: number;
}

/** Takes `stream` apart, changes one or a few of its frames, and puts it together again. */
export function reshapeFrames(stream: Uint8Array, masked: boolean, random: Random): Uint8Array {
  const { frames, rest } = takeApart(stream);
  for (let left = random.small(1, 3); left > 0; left -= 1) {
    random.pick(changes)(frames, random, masked);
  }
  return Uint8Array.from(Buffer.concat([...frames.map(putTogether), rest]));
}

/** A frame that a peer may send, or nearly. */
export function someFrame(masked: boolean, random: Random): Uint8Array {
  return putTogether(makeFrame(masked, random));
}

function makeFrame(masked: boolean, random: Random): LooseFrame {
  const opcode = random.pick([0, 0, 1, 1, 2, 8, 9, 10]);
  const final = opcode >= 8 || random.once(2) ? 0x80 : 0;
  const size = random.once(8) ? random.pick(sizes) : random.small(0, 20);
  const payload = random.once(3) ? random.bytes(size) : new Uint8Array(size).fill(0x61);
  if (opcode === 8) {
    const code = random.pick([1000, 1001, 1005, 1007, 1011, 1014, 1015, 2999, 3000, 4999, 5000]);
    payload.set([code >>> 8, code & 0xff].slice(0, size));
  }
  return { first: final | opcode, key: masked ? makeKey(random) : undefined, payload, missing: 0 };
}

const sizes: readonly number[] = [0, 1, 124, 125, 126, 127, 128, 255, 256, 257, 320];

function makeKey(random: Random): Uint8Array {
  return random.once(2) ? new Uint8Array(4) : random.bytes(4);
}

type Change = (frames: LooseFrame[], random: Random, masked: boolean) => void;

const changes: readonly Change[] = [
  (frames, random, masked) => {
    frames.splice(random.below(frames.length + 1), 0, makeFrame(masked, random));
  },
  (frames, random) => {
    frames.splice(random.below(frames.length + 1), 1);
  },
  (frames, random) => {
    const from = random.below(frames.length + 1);
    const copies = frames.slice(from, from + random.small(1, 3)).map((frame) => ({ ...frame }));
    frames.splice(random.below(frames.length + 1), 0, ...copies);
  },
  (frames, random) => {
    change(frames, random, (frame) => {
      frame.first ^= random.pick([0x80, 0x80, 0x01, 0x02, 0x03, 0x08, 0x09, 0x10, 0x40]);
    });
  },
  (frames, random) => {
    change(frames, random, (frame) => {
      const words = { words: utf8Words, maxBytes: 400 };
      frame.payload = mutate(frame.payload, utf8Words[0]!, random, words);
    });
  },
  (frames, random) => {
    change(frames, random, (frame) => {
      frame.key = frame.key === undefined || !random.once(4) ? makeKey(random) : undefined;
    });
  },
  (frames, random) => {
    change(frames, random, (frame) => {
      frame.missing = random.pick([0, 1, -1, 300, 65_535, 65_536, 2 ** 31, 2 ** 53 - 400]);
    });
  },
  cutInTwo,
];

function change(
  frames: readonly LooseFrame[],
  random: Random,
  how: (frame: LooseFrame) => void,
): void {
  if (frames.length > 0) {
    how(random.pick(frames));
  }
}

/** The same message in one fragment more, often with a control frame in between (§5.4). */
function cutInTwo(frames: LooseFrame[], random: Random, masked: boolean): void {
  const at = random.below(frames.length + 1);
  const frame = frames[at];
  if (frame === undefined) {
    return;
  }
  const cut = random.below(frame.payload.length + 1);
  const between = random.once(2) ? [makeFrame(masked, random)] : [];
  const head = { ...frame, first: frame.first & 0x7f, payload: frame.payload.slice(0, cut) };
  const tail = { ...frame, first: frame.first & 0x80, payload: frame.payload.slice(cut) };
  frames.splice(at, 1, head, ...between, tail);
}

function takeApart(stream: Uint8Array): { frames: LooseFrame[]; rest: Uint8Array } {
  const frames: LooseFrame[] = [];
  let at = 0;
  while (stream.length - at >= 2) {
    const view = new DataView(stream.buffer, stream.byteOffset + at, stream.length - at);
    const short = view.getUint8(1) & 0x7f;
    const keyAt = short < 126 ? 2 : short === 126 ? 4 : 10;
    const start = view.getUint8(1) >= 0x80 ? keyAt + 4 : keyAt;
    if (start > view.byteLength) {
      break;
    }
    const length =
      keyAt === 2 ? short : keyAt === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
    const key = start > keyAt ? stream.slice(at + keyAt, at + start) : undefined;
    const payload = stream.slice(at + start, at + start + length);
    applyKey(payload, key);
    frames.push({ first: view.getUint8(0), key, payload, missing: length - payload.length });
    at += start + payload.length;
  }
  return { frames, rest: stream.slice(at) };
}

function putTogether({ first, key, payload, missing }: LooseFrame): Uint8Array {
  const length = Math.max(0, payload.length + missing);
  const mask = key === undefined ? 0 : 0x80;
  const wide = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = new DataView(new ArrayBuffer(2 + wide));
  head.setUint8(0, first);
  head.setUint8(1, mask | (wide === 0 ? length : wide === 2 ? 126 : 127));
  if (wide === 2) {
    head.setUint16(2, length);
  } else if (wide === 8) {
    head.setBigUint64(2, BigInt(length));
  }
  const bytes = payload.slice();
  applyKey(bytes, key);
  return Buffer.concat([new Uint8Array(head.buffer), key ?? new Uint8Array(0), bytes]);
}

function applyKey(payload: Uint8Array, key: Uint8Array | undefined): void {
  for (let i = 0; key !== undefined && i < payload.length; i += 1) {
    payload[i]! ^= key[i % 4]!;
  }
}
