/**
 * Sessions whose clients have gone and may come back: what they hold is kept for them until their time is over.
 * In: names of sessions that go and come. Out: a call when one did not come back here. Cannot fail. Only those that hold something are
 * put here, so there are no more of them than of what is held.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';

export class Away {
  private readonly clock: Clock;
  private readonly forMs: number;
  private readonly over: (session: string) => void;
  private readonly waiting = new Map<string, Cancel>();

  constructor(clock: Clock, forMs: number, over: (session: string) => void) {
    this.clock = clock;
    this.forMs = forMs;
    this.over = over;
  }

  gone(session: string): void {
    this.back(session);
    const cancel = this.clock.after(this.forMs, () => {
      this.waiting.delete(session);
      this.over(session);
    });
    this.waiting.set(session, cancel);
  }

  back(session: string): void {
    this.waiting.get(session)?.();
    this.waiting.delete(session);
  }

  /** Nobody is waited for any more. */
  end(): void {
    for (const cancel of this.waiting.values()) {
      cancel();
    }
    this.waiting.clear();
  }
}
