/**
 * What each of many has used up of something that comes back with time: token buckets, exact and bounded.
 * In: keys, and the time. Out: when one more may be. Cannot fail. A key that has used up nothing any more is forgotten. Of more than are remembered
 * the one that used up least is, unless it may have no more: then so are all others, and whoever is new shares one bucket with all who are.
 */

export interface BucketOptions {
  /** So many at once. At least 1. */
  readonly most: number;
  /** So many come back in `perMs`, little by little. Positive. */
  readonly back: number;
  /** In milliseconds. Positive. */
  readonly perMs: number;
  /** Keys that are remembered. */
  readonly maxKeys: number;
}

/**
 * One that was used up is worth `perMs`, and in each millisecond `back` are given back: with whole numbers everything stays whole, so that nothing is
 * gained or lost by rounding.
 */
interface Bucket {
  readonly key: string;
  used: number;
  atMs: number;
}

/** Where a bucket stands in the order in which buckets will be empty, as it was when it was put there: later it may be later, never earlier. */
interface Turn {
  readonly bucket: Bucket;
  readonly emptyAtMs: number;
}

/** Of whoever finds no room. */
const strangers = 'strangers';

export class Buckets {
  private readonly options: BucketOptions;
  private readonly buckets = new Map<string, Bucket>();
  /** A heap: no turn is before the one at half its place. One for each bucket. */
  private readonly turns: Turn[] = [];
  private readonly shared: Bucket = { key: strangers, used: 0, atMs: 0 };

  constructor(options: BucketOptions) {
    this.options = options;
  }

  get size(): number {
    return this.buckets.size;
  }

  /** Takes one for this key. 0: it may be. Else in how many milliseconds, and nothing is taken. */
  take(key: string, atMs: number): number {
    const { most, back, perMs } = this.options;
    // Clocks tell parts of a millisecond, which would be lost by rounding one time, and gained another.
    const nowMs = Math.floor(atMs);
    const bucket = this.buckets.get(key) ?? this.make(key, nowMs);
    this.refill(bucket, nowMs);
    const over = bucket.used + perMs - most * perMs;
    if (over > 0) {
      return over / back;
    }
    bucket.used += perMs;
    return 0;
  }

  private refill(bucket: Bucket, nowMs: number): void {
    bucket.used = Math.max(0, bucket.used - (nowMs - bucket.atMs) * this.options.back);
    bucket.atMs = nowMs;
  }

  private make(key: string, nowMs: number): Bucket {
    if (this.buckets.size >= this.options.maxKeys && !this.makeRoom(nowMs)) {
      return this.shared;
    }
    const bucket = { key, used: 0, atMs: nowMs };
    this.buckets.set(key, bucket);
    this.push({ bucket, emptyAtMs: nowMs });
    return bucket;
  }

  /** False: everybody may have no more. */
  private makeRoom(nowMs: number): boolean {
    const { most, perMs } = this.options;
    for (let first = this.turns[0]; first !== undefined; first = this.turns[0]) {
      const { bucket } = first;
      const emptyAtMs = this.emptyAt(bucket);
      if (emptyAtMs > first.emptyAtMs) {
        // It was used since: its turn is later.
        this.replaceFirst({ bucket, emptyAtMs });
      } else {
        this.refill(bucket, nowMs);
        if (bucket.used + perMs > most * perMs) {
          return false;
        }
        this.buckets.delete(bucket.key);
        this.removeFirst();
        return true;
      }
    }
    return true;
  }

  private emptyAt({ atMs, used }: Bucket): number {
    return atMs + used / this.options.back;
  }

  private push(turn: Turn): void {
    const { turns } = this;
    let at = turns.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (turns[above]!.emptyAtMs <= turn.emptyAtMs) {
        break;
      }
      turns[at] = turns[above]!;
      at = above;
    }
    turns[at] = turn;
  }

  private removeFirst(): void {
    const last = this.turns.pop()!;
    if (this.turns.length > 0) {
      this.replaceFirst(last);
    }
  }

  private replaceFirst(turn: Turn): void {
    const { turns } = this;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      const isRight = right < turns.length && turns[right]!.emptyAtMs < turns[left]!.emptyAtMs;
      const next = isRight ? right : left;
      if (next >= turns.length || turns[next]!.emptyAtMs >= turn.emptyAtMs) {
        break;
      }
      turns[at] = turns[next]!;
      at = next;
    }
    turns[at] = turn;
  }
}
