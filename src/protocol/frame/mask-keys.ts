/**
 * Masking keys: fresh for each frame, and from a cryptographic source, so that no script can choose the bytes that a
 * proxy sees (RFC 6455 §5.3, §10.3).
 * In: a source of random bytes. Out: keys. Fails as the source does.
 */

/** Fills the array it is given with bytes that nobody can foresee. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => void;

/** Where a connection takes its masking keys from: one for each frame, its lowest byte for the first byte of payload. */
export interface KeySource {
  next(): number;
}

/** Asking the source for one key costs more than the key, so many are fetched at once. Each is handed out once. */
export class MaskKeys implements KeySource {
  private readonly random: RandomBytes;
  private pool: Uint8Array<ArrayBuffer> | undefined;
  private at = 0;

  constructor(random: RandomBytes) {
    this.random = random;
  }

  next(): number {
    if (this.pool === undefined || this.at === this.pool.length) {
      // Kept only when it is filled: a source that throws must not leave keys of zeros behind.
      const pool = this.pool ?? new Uint8Array(4096);
      this.random(pool);
      this.pool = pool;
      this.at = 0;
    }
    const pool = this.pool;
    const at = this.at;
    this.at += 4;
    return pool[at]! | (pool[at + 1]! << 8) | (pool[at + 2]! << 16) | (pool[at + 3]! << 24);
  }
}

/** Keys from the platform's own source, which every runtime we name has. */
export const platformKeys: MaskKeys = new MaskKeys((into) => {
  crypto.getRandomValues(into);
});
