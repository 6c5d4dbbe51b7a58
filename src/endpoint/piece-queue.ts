/**
 * Pieces of a message that wait for their reader.
 * In: stretches of bytes that are good for the moment. Out: bytes that the application may keep. Cannot fail; its owner sees to it
 * that not much waits.
 * Small pieces stand together in blocks, and what is given out keeps no more memory alive than twice itself: a peer decides how small
 * its pieces are (THREATS B2, B3).
 */

const blockBytes = 16_384;
/** From here on a piece has memory of its own. */
const largeBytes = 4096;

interface Block {
  readonly buffer: Buffer;
  length: number;
}

export class PieceQueue {
  /** All that waits. */
  bytes = 0;
  private blocks: Block[] = [];

  /** @param goesOn More is to come, so a small piece may as well have a block. */
  add(bytes: Uint8Array, start: number, end: number, goesOn: boolean): void {
    const length = end - start;
    if (length === 0) {
      return;
    }
    const last = this.blocks.at(-1);
    const block =
      last !== undefined && last.length + length <= last.buffer.length
        ? last
        : this.begin(goesOn && length < largeBytes ? blockBytes : length);
    copy(bytes, start, end, block.buffer, block.length);
    block.length += length;
    this.bytes += length;
  }

  take(): Buffer | undefined {
    const block = this.blocks.shift();
    if (block === undefined) {
      return undefined;
    }
    this.bytes -= block.length;
    const { buffer, length } = block;
    const taken = buffer.subarray(0, length);
    return length * 2 < buffer.length ? Buffer.from(taken) : taken;
  }

  clear(): void {
    this.blocks = [];
    this.bytes = 0;
  }

  private begin(size: number): Block {
    const block = { buffer: Buffer.allocUnsafe(size), length: 0 };
    this.blocks.push(block);
    return block;
  }
}

function copy(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  if (end - start < 32) {
    for (let i = start; i < end; i += 1) {
      into[at + i - start] = from[i]!;
    }
  } else {
    into.set(from.subarray(start, end), at);
  }
}
