/**
 * A limit to waiting for storages and locks: publications wait for them.
 * In: a promise. Out: what it resolves with. Fails as it does, or when it takes too long.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';

/** A storage that has not answered by then has failed. Milliseconds. */
export const storageWithinMs = 10_000;
/** An alarm that comes by more than this after its time was held up, and the storage with it. */
const lateAfterMs = 1_000;

export function timely<Value>(clock: Clock, answer: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const watch = (): Cancel => {
      const beganMs = clock.nowMs();
      return clock.after(storageWithinMs, () => {
        if (clock.nowMs() - beganMs > storageWithinMs + lateAfterMs) {
          cancel = watch();
        } else {
          reject(new Error('the storage does not answer'));
        }
      });
    };
    let cancel = watch();
    void answer.then(resolve, reject).finally(() => cancel());
  });
}
