/**
 * One way of a road: what is sent waits until it is taken, travels, and arrives in order.
 * In: parcels, and the conditions. Out: each parcel, in a turn of the clock. Fails: `overfull` is called when it holds too much.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import type { Payload } from '../../ports/index.ts';

/** What travels: a message, or a word of the road itself, which has no bytes. */
export type Parcel =
  | { readonly kind: 'message'; readonly payload: Payload; readonly bytes: number }
  | { readonly kind: 'connect'; readonly bytes: 0 }
  | { readonly kind: 'opened'; readonly bytes: 0 }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string; readonly bytes: 0 }
  /** The other end is no more. */
  | { readonly kind: 'end'; readonly reason: string; readonly bytes: 0 };

/** What the conditions mean for one way. */
export interface Course {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
  readonly isSwallowed: boolean;
  /** Nothing moves, and nothing is lost. */
  readonly isHeld: boolean;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly course: Course;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly arrived: (parcel: Parcel) => void;
  readonly overfull: () => void;
  /** Something was lost, and so is all that follows. */
  readonly lost: () => void;
}

interface Travelling {
  readonly parcel: Parcel;
  /** Later, when the one before it is later. */
  readonly atMs: number;
}

export class Lane {
  private readonly options: LaneOptions;
  private course: Course;
  private readonly waiting: Parcel[] = [];
  private waitingBytes = 0;
  private readonly travelling: Travelling[] = [];
  private travellingBytes = 0;
  /** Of the first that waits, what is not taken yet, and since when it is being taken. */
  private leftOfFirst = 0;
  private sinceMs = 0;
  private hasLost = false;
  private hasEnded = false;
  private cancelTaking: Cancel | undefined;
  private cancelArrival: Cancel | undefined;
  private whenEmpty: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(options: LaneOptions) {
    this.options = options;
    this.course = options.course;
  }

  /** Sent, and not taken by the other side. */
  get bufferedBytes(): number {
    return Math.ceil(this.waitingBytes - (this.waiting[0]?.bytes ?? 0) + this.leftNow());
  }

  push(parcel: Parcel): void {
    if (this.hasEnded) {
      return;
    }
    this.waiting.push(parcel);
    this.waitingBytes += parcel.bytes;
    if (this.waiting.length === 1) {
      this.leftOfFirst = parcel.bytes;
      this.sinceMs = this.options.clock.nowMs();
    }
    this.take();
    const { maxMessages, maxBytes } = this.options;
    const messages = this.waiting.length + this.travelling.length;
    if (messages > maxMessages || this.waitingBytes + this.travellingBytes > maxBytes) {
      this.options.overfull();
    }
  }

  /** The conditions have changed; what was taken so far was by the old ones. */
  change(course: Course): void {
    this.leftOfFirst = this.leftNow();
    this.sinceMs = this.options.clock.nowMs();
    this.course = course;
    this.take();
    this.awaitArrival();
  }

  /** Resolves when nothing waits. What travels is out of this process. */
  drained(): Promise<void> {
    if (this.waiting.length === 0) {
      return Promise.resolve();
    }
    if (this.whenEmpty === undefined) {
      let resolve!: () => void;
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.whenEmpty = { promise, resolve };
    }
    return this.whenEmpty.promise;
  }

  /** Who waits for `drained` waits no more. */
  letGo(): void {
    this.whenEmpty?.resolve();
    this.whenEmpty = undefined;
  }

  /** What waits is thrown away, what travels arrives, and then this. */
  finish(last: Parcel): void {
    this.dropWaiting();
    this.push(last);
  }

  /** Nothing arrives any more. */
  end(): void {
    this.hasEnded = true;
    this.dropWaiting();
    this.travelling.length = 0;
    this.travellingBytes = 0;
    this.awaitArrival();
  }

  private dropWaiting(): void {
    this.cancelTaking?.();
    this.cancelTaking = undefined;
    this.waiting.length = 0;
    this.waitingBytes = 0;
    this.leftOfFirst = 0;
    this.letGo();
  }

  private leftNow(): number {
    const { isHeld, bytesPerSecond } = this.course;
    const elapsedMs = this.options.clock.nowMs() - this.sinceMs;
    if (isHeld || elapsedMs === 0 || this.leftOfFirst === 0) {
      return this.leftOfFirst;
    }
    return Math.max(0, this.leftOfFirst - (bytesPerSecond * elapsedMs) / 1_000);
  }

  /** Sends on its way what can be taken at once, and sets the alarm for the next. */
  private take(): void {
    this.cancelTaking?.();
    this.cancelTaking = undefined;
    const { isHeld, bytesPerSecond } = this.course;
    if (isHeld) {
      return;
    }
    let first = this.waiting[0];
    while (first !== undefined) {
      const left = bytesPerSecond === Number.POSITIVE_INFINITY ? 0 : this.leftNow();
      if (left > 0) {
        if (bytesPerSecond > 0) {
          const takenMs = (left / bytesPerSecond) * 1_000;
          this.cancelTaking = this.options.clock.after(takenMs, () => this.takenWhole());
        }
        return;
      }
      this.waiting.shift();
      this.waitingBytes -= first.bytes;
      this.depart(first);
      first = this.waiting[0];
      this.leftOfFirst = first?.bytes ?? 0;
      this.sinceMs = this.options.clock.nowMs();
    }
    this.letGo();
  }

  /** By the alarm, not by arithmetic: a remainder too small for the clock would never be taken. */
  private takenWhole(): void {
    this.leftOfFirst = 0;
    this.take();
  }

  private depart(parcel: Parcel): void {
    const { delayMs, jitterMs, isSwallowed } = this.course;
    this.hasLost ||= isSwallowed;
    if (this.hasLost) {
      this.options.lost();
      return;
    }
    const extraMs = jitterMs > 0 ? this.options.random() * jitterMs : 0;
    this.travelling.push({ parcel, atMs: this.options.clock.nowMs() + delayMs + extraMs });
    this.travellingBytes += parcel.bytes;
    if (this.travelling.length === 1) {
      this.awaitArrival();
    }
  }

  /** One alarm for each parcel, so that promises settle between two. */
  private awaitArrival(): void {
    this.cancelArrival?.();
    this.cancelArrival = undefined;
    const [first] = this.travelling;
    if (first !== undefined && !this.course.isHeld) {
      const { clock } = this.options;
      this.cancelArrival = clock.after(first.atMs - clock.nowMs(), () => this.arrive());
    }
  }

  private arrive(): void {
    const { parcel } = this.travelling.shift()!;
    this.travellingBytes -= parcel.bytes;
    this.awaitArrival();
    this.options.arrived(parcel);
  }
}
