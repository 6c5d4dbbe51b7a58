/**
 * A block of memory in which small frames wait, one behind the other.
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
