/**
 * A block of memory in which small frames wait, one behind the other: each by itself would keep a page of Node's pool alive, which is many
 * times its size and is counted nowhere.
 * In: how many bytes are needed. Out: where they begin. Cannot fail.
 */

const blockBytes = 16_384;

export class WaitingBlock {
  readonly bytes: Buffer;
  /** What is taken of it. Another view after each `extend`; the old one stays as it was. */
  view: Uint8Array;

  /** @param first Bytes that are taken at once, from the beginning on. */
  constructor(first: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(blockBytes, first));
    this.view = this.bytes.subarray(0, first);
  }

  /** `extend` where this block is the last of the pieces, where it then stands with its new view; else -1. */
  extendLast(pieces: Uint8Array[], bytes: number): number {
    const last = pieces.length - 1;
    const at = this.view === pieces[last] ? this.extend(bytes) : -1;
    if (at >= 0) {
      pieces[last] = this.view;
    }
    return at;
  }

  /** Takes more bytes and gives where they begin; -1 when there is no room for them. */
  extend(bytes: number): number {
    const at = this.view.length;
    if (at + bytes > this.bytes.length) {
      return -1;
    }
    this.view = this.bytes.subarray(0, at + bytes);
    return at;
  }
}
