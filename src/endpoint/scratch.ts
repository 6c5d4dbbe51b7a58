/**
 * The memory in which websockets gather what leaves in one write. There is one for all: turns do not overlap.
 * In: how many bytes are needed, or pieces. Out: where they begin, or a view of all. Cannot fail: who asks looks first whether
 * there is room.
 */

export class Scratch {
  readonly size = 65_536;
  bytes: Buffer = Buffer.allocUnsafeSlow(this.size);
  /** What is taken of it, from the beginning on. */
  length = 0;
  /** Whose turn it is. */
  holder: object | undefined;
  /** The latest view. Sizes repeat, and a view costs more than to look. */
  private latest: Buffer = this.bytes;

  /** Whether `more` bytes go behind what is taken. */
  fits(more: number): boolean {
    return this.length + more <= this.size;
  }

  /** Takes bytes, and gives where they begin. */
  take(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    return at;
  }

  /** The first `bytes` bytes. */
  view(bytes: number): Buffer {
    if (this.latest.length !== bytes) {
      this.latest = this.bytes.subarray(0, bytes);
    }
    return this.latest;
  }

  /** Copies the first pieces next to each other, over whatever is there, and gives a view of them. */
  gather(pieces: readonly Uint8Array[], count: number): Buffer {
    let bytes = 0;
    for (let i = 0; i < count; i += 1) {
      this.bytes.set(pieces[i]!, bytes);
      bytes += pieces[i]!.length;
    }
    return this.view(bytes);
  }

  /** Somebody kept what he was given: it is his own, and here comes another. */
  leave(): void {
    this.bytes = Buffer.allocUnsafeSlow(this.size);
    this.latest = this.bytes;
  }
}
