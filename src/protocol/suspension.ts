/**
 * When a connection holds still: while its application is busy, and while a message is inflated elsewhere.
 * In: who begins to wait, who has done waiting. Out: nothing is told meanwhile; then everything, in order. Neither of the two undoes
 * the other. Nobody reads meanwhile, so nobody can be found silent, slow or idle.
 */
import type { Inflater } from './deflate/inflater.ts';
import type { Ending } from './ending.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { Receiver } from './receive.ts';

/** The parts of a connection that hold still. */
export interface StillParts {
  readonly receiver: Receiver;
  readonly inflater: Inflater | undefined;
  readonly keepAlive: KeepAlive;
  readonly ending: Ending;
}

export class Suspension {
  private readonly parts: StillParts;
  /** By the application. */
  private isPaused = false;
  /** The peer ended its side while we held still and had not looked at all that it said. */
  private isInputOver = false;

  constructor(parts: StillParts) {
    this.parts = parts;
  }

  get isOn(): boolean {
    return this.isPaused || (this.parts.inflater?.isBusy ?? false);
  }

  pause(): void {
    this.isPaused = true;
    this.holdStill();
  }

  resume(nowMs: number): void {
    if (this.isPaused) {
      this.isPaused = false;
      this.goOn(nowMs);
    }
  }

  holdStill(): void {
    const { receiver, keepAlive, ending } = this.parts;
    receiver.stop();
    if (ending.phase === 'open') {
      keepAlive.suspend();
    }
  }

  /** One of the two has done waiting: on, unless the other has not. */
  goOn(nowMs: number): void {
    const { receiver, inflater, keepAlive, ending } = this.parts;
    if (this.isOn) {
      return;
    }
    if (ending.phase === 'open') {
      keepAlive.resume(nowMs);
    }
    if (ending.listens) {
      inflater?.tell();
    } else {
      inflater?.end();
    }
    // Who was told may have paused, or ended it.
    if (ending.listens && !this.isOn) {
      receiver.resume();
      this.noteProgress(nowMs);
    }
    if (this.isInputOver && !this.isOn) {
      this.endOfInput(nowMs);
    }
  }

  /** What came before the end is told first, and the peer's Close frame may be in it. */
  endOfInput(nowMs: number): void {
    const { receiver, inflater, ending } = this.parts;
    const hasMore = receiver.heldBytes > 0 || (inflater?.isHolding ?? false);
    if (this.isOn && ending.listens && hasMore) {
      this.isInputOver = true;
      return;
    }
    ending.endOfInput(nowMs);
  }

  /** Only a peer that is read can be found slow. */
  noteProgress(nowMs: number): void {
    const { receiver, keepAlive, ending } = this.parts;
    const isAwaited = ending.phase === 'open' && !this.isOn;
    keepAlive.progress(isAwaited && receiver.isMidway, nowMs);
  }
}
