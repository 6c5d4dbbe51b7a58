/**
 * How long a dialling goes on: until its time is over, or the application says so.
 * In: a time and a signal. Out: one signal for all steps, whose reason is the error to reject with. Cannot fail.
 */
import type { Clock } from '../ground/clock.ts';
import { aborted, late } from './dial-errors.ts';

export interface Patience {
  /** Its reason is a `ConnectionError`. */
  readonly giveUp: AbortSignal;
  /** The dialling is over. */
  end(): void;
}

export function startPatience(
  clock: Clock,
  withinMs: number,
  signal: AbortSignal | undefined,
): Patience {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(aborted(signal!));
  const cancel = clock.after(withinMs, () => controller.abort(late(withinMs)));
  if (signal?.aborted) {
    onAbort();
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    giveUp: controller.signal,
    end() {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** What waits for its turn does not wait when the application has given up. What still comes of it then goes to `tooLate`. */
export function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  tooLate: (result: Result) => void,
): Promise<Result> {
  if (signal === undefined) {
    return work;
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (result: Result): void => {
      if (signal.aborted) {
        tooLate(result);
        onAbort();
      } else {
        resolve(result);
      }
    };
    work.then(settle, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
