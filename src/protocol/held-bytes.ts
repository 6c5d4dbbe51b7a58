/**
 * Bytes that came while nobody may look at them.
 * In: ends of chunks. Out: one run of bytes, from `start` to `end`. Each byte is moved a few times at the most, however many
 * chunks it waits through and however often the reader stops on its way.
 */
export class HeldBytes {
  bytes: Uint8Array = new Uint8Array(0);
  /** Set by the reader to where it stopped. */
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** Adds a copy of `chunk` from `at` on. */
  add(chunk: Uint8Array, at: number): void {
    const added = chunk.length - at;
    if (this.end + added > this.bytes.length) {
      this.grow(added);
    }
    this.bytes.set(at === 0 ? chunk : chunk.subarray(at), this.end);
    this.end += added;
  }

  private grow(added: number): void {
    const { length } = this;
    const grown = new Uint8Array(Math.max(length + added, length * 2));
    grown.set(this.bytes.subarray(this.start, this.end));
    this.bytes = grown;
    this.start = 0;
    this.end = length;
  }
}
