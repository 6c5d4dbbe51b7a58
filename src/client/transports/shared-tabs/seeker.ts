/**
 * A road that a session was given, while it is sought and when it was found.
 * In: who could have it. Out: what a road tells, once. Fails: as what was found does.
 */
import type { Road, RoadListener } from '../transport.ts';
import type { Why } from './trunk.ts';

/** Another tab holds the road now. A registered WebSocket close code: service restart. */
export const moved = { code: 1012, reason: 'another tab holds the road now' };

export class Seeker implements Road {
  readonly subprotocols: readonly string[];
  /** Who has it, or was asked for it. */
  at: string | undefined;
  private readonly listener: RoadListener;
  private readonly over: (seeker: Seeker) => void;
  private phase: 'seeking' | 'open' | 'over' = 'seeking';
  private road: Road | undefined;
  /** What was asked before tells nothing any more. */
  private attempts = 0;

  constructor(
    subprotocols: readonly string[],
    listener: RoadListener,
    over: (seeker: Seeker) => void,
  ) {
    this.subprotocols = subprotocols;
    this.listener = listener;
    this.over = over;
  }

  get isSeeking(): boolean {
    return this.phase === 'seeking';
  }

  /** Only while it is sought: what was asked before is let go. */
  take(at: string, open: (listener: RoadListener) => Road): void {
    this.leave();
    this.attempts += 1;
    this.at = at;
    const attempt = this.attempts;
    const isMeant = (): boolean => attempt === this.attempts && this.phase !== 'over';
    this.road = open({
      opened: () => {
        if (isMeant() && this.phase === 'seeking') {
          this.phase = 'open';
          this.listener.opened();
        }
      },
      received: (frame) => {
        if (isMeant()) {
          this.listener.received(frame);
        }
      },
      better: () => {
        if (isMeant()) {
          this.better();
        }
      },
      closed: (why) => {
        if (isMeant()) {
          this.lost(why);
        }
      },
    });
  }

  /** Whoever was asked is gone. */
  leave(): void {
    this.attempts += 1;
    this.at = undefined;
    this.road?.close(1000, '');
    this.road = undefined;
  }

  /** Somebody else has a better one. */
  better(): void {
    if (this.phase !== 'open') {
      return;
    }
    if (this.listener.better === undefined) {
      this.road?.close(1000, '');
      this.lost(moved);
    } else {
      this.listener.better();
    }
  }

  lost(why: Why): void {
    if (this.phase !== 'over') {
      this.end();
      this.listener.closed(why);
    }
  }

  send(frame: string | Uint8Array): void {
    if (this.phase === 'open') {
      this.road?.send(frame);
    }
  }

  close(code: number, reason: string): void {
    if (this.phase !== 'over') {
      this.end();
      this.road?.close(code, reason);
    }
  }

  private end(): void {
    this.phase = 'over';
    this.over(this);
  }
}
