/**
 * What was sent outside of a turn leaves at the end of the pass of the event loop, together for all websockets.
 * In: outboxes. Out: one flush of each. Cannot fail.
 */

export interface Flushed {
  /** Belongs to `flushLater`; begins as false. */
  isScheduled: boolean;
  flush(): void;
}

let waiting: Flushed[] = [];

export function flushLater(some: Flushed): void {
  if (some.isScheduled) {
    return;
  }
  some.isScheduled = true;
  if (waiting.length === 0) {
    setImmediate(flushAll);
  }
  waiting.push(some);
}

function flushAll(): void {
  const all = waiting;
  waiting = [];
  for (const some of all) {
    some.isScheduled = false;
    some.flush();
  }
}
