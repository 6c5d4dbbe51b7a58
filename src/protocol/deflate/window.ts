/**
 * The latest plain bytes of one direction: all that context takeover needs (RFC 7692 §7.2.3.2).
 * In: messages. Out: the end of them all, as one run of bytes. Grows with what it holds, and never past its size.
 */
export class Window {
  private readonly size: number;
  private bytes: Uint8Array = new Uint8Array(0);
  private length = 0;

  /** @param bits 8 to 15. */
  constructor(bits: number) {
    this.size = 2 ** bits;
  }

  /** Good until the next `add`. Undefined while there is nothing. */
  get view(): Uint8Array | undefined {
    return this.length === 0 ? undefined : this.bytes.subarray(0, this.length);
  }

  add(message: Uint8Array): void {
    const added = Math.min(message.length, this.size);
    const kept = Math.min(this.length, this.size - added);
    const from = this.length - kept;
    if (kept + added > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.size, Math.max(256, (kept + added) * 2)));
      grown.set(this.bytes.subarray(from, this.length));
      this.bytes = grown;
    } else {
      this.bytes.copyWithin(0, from, this.length);
    }
    this.bytes.set(message.subarray(message.length - added), kept);
    this.length = kept + added;
  }
}
