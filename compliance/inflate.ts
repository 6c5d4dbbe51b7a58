/**
 * DEFLATE read by hand (RFC 1951), for the judge: zlib forgives what must not be forgiven here.
 * In: payloads of compressed messages, in order. Out: the messages. Fails: throws at what is no DEFLATE, at a reference beyond the
 * agreed window, and at a payload that does not end where it should (RFC 7692 §7.2.1, §7.2.2).
 */

/** A code by its lengths: how many codes of each length there are, and the symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) {
    counts[length]! += 1;
  }
  counts[0] = 0;
  const offsets = new Uint16Array(16);
  for (let length = 1; length < 15; length += 1) {
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length > 0) {
      symbols[offsets[length]!] = symbol;
      offsets[length]! += 1;
    }
  });
  return { counts, symbols };
}

function range(from: number, to: number, length: number): number[] {
  return Array.from({ length: to - from }, () => length);
}

const fixedLiterals = codeOf([
  ...range(0, 144, 8),
  ...range(144, 256, 9),
  ...range(256, 280, 7),
  ...range(280, 288, 8),
]);
const fixedDistances = codeOf(range(0, 30, 5));

const lengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67];
lengthBases.push(83, 99, 115, 131, 163, 195, 227, 258);
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4];
lengthBits.push(5, 5, 5, 5, 0);
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function distanceBits(symbol: number): number {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}

function distanceBase(symbol: number): number {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << distanceBits(symbol)) + 1;
}

const tail = Buffer.from('0000ffff', 'hex');

export class StrictInflater {
  /** The furthest reference so far, in bytes. */
  furthest = 0;
  private readonly windowBytes: number;
  private readonly takesOver: boolean;
  private input: Uint8Array = tail;
  private at = 0;
  private bits = 0;
  private bitCount = 0;
  private output: Buffer = Buffer.alloc(1 << 16);
  private length = 0;
  /** Where the message begins: before it stands what it may refer to. */
  private start = 0;

  constructor({ windowBits, takeover }: { windowBits: number; takeover: boolean }) {
    this.windowBytes = 2 ** windowBits;
    this.takesOver = takeover;
  }

  message(payload: Uint8Array): Buffer {
    const kept = this.takesOver ? Math.min(this.length, this.windowBytes) : 0;
    this.output.copyWithin(0, this.length - kept, this.length);
    this.start = kept;
    this.length = kept;
    this.input = Buffer.concat([payload, tail]);
    this.at = 0;
    this.bitCount = 0;
    while (this.at < this.input.length) {
      this.block();
    }
    return Buffer.from(this.output.subarray(this.start, this.length));
  }

  private block(): void {
    const isLast = this.take(1) === 1;
    const kind = this.take(2);
    if (kind === 0) {
      this.stored();
    } else if (kind === 1) {
      this.coded(fixedLiterals, fixedDistances);
    } else if (kind === 2) {
      this.dynamic();
    } else {
      throw new Error('a block of a kind that is none');
    }
    if (isLast) {
      // What follows the last block of a stream begins at the next byte.
      this.bitCount = 0;
    }
  }

  private stored(): void {
    this.bitCount = 0;
    const length = this.take(16);
    if (this.take(16) !== (length ^ 0xffff)) {
      throw new Error('a stored block whose length is not confirmed');
    }
    for (let i = 0; i < length; i += 1) {
      this.put(this.take(8));
    }
  }

  private dynamic(): void {
    const literals = this.take(5) + 257;
    const distances = this.take(5) + 1;
    const orders = this.take(4) + 4;
    const ofLengths = Array.from({ length: 19 }, () => 0);
    for (let i = 0; i < orders; i += 1) {
      ofLengths[lengthOrder[i]!] = this.take(3);
    }
    const code = codeOf(ofLengths);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths.push(symbol);
      } else {
        const repeated = symbol === 16 ? lengths.at(-1)! : 0;
        const times =
          symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
        lengths.push(...range(0, times, repeated));
      }
    }
    this.coded(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals)));
  }

  private coded(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol < 256) {
        this.put(symbol);
      } else if (symbol === 256) {
        return;
      } else {
        const length = lengthBases[symbol - 257]! + this.take(lengthBits[symbol - 257]!);
        const far = this.symbol(distances);
        this.repeat(distanceBase(far) + this.take(distanceBits(far)), length);
      }
    }
  }

  private repeat(distance: number, length: number): void {
    this.furthest = Math.max(this.furthest, distance);
    if (distance > this.windowBytes || distance > this.length) {
      throw new Error(`a reference ${distance} bytes back, beyond the window`);
    }
    for (let i = 0; i < length; i += 1) {
      this.put(this.output[this.length - distance]!);
    }
  }

  private put(byte: number): void {
    if (this.length === this.output.length) {
      this.output = Buffer.concat([this.output, Buffer.alloc(this.length)]);
    }
    this.output[this.length] = byte;
    this.length += 1;
  }

  private symbol({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      if (this.bitCount === 0) {
        this.fill(1);
      }
      // As `take(1)`, which is most of the work.
      code |= this.bits & 1;
      this.bits >>>= 1;
      this.bitCount -= 1;
      const count = counts[length]!;
      if (code - count < first) {
        return symbols[index + (code - first)]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error('bits that are no code');
  }

  private take(count: number): number {
    this.fill(count);
    const taken = this.bits & ((1 << count) - 1);
    this.bits >>>= count;
    this.bitCount -= count;
    return taken;
  }

  private fill(count: number): void {
    while (this.bitCount < count) {
      if (this.at === this.input.length) {
        throw new Error('the payload ends inside a block');
      }
      this.bits = (this.bitCount === 0 ? 0 : this.bits) | (this.input[this.at]! << this.bitCount);
      this.at += 1;
      this.bitCount += 8;
    }
  }
}
