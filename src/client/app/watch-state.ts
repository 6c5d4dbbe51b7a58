/**
 * A channel of keyed state as an observable: of each key its latest value.
 * In: what the subscription keeps and tells. Out: a map that is another one after each change. Cannot fail.
 */
import type { Received } from '../index.ts';
import type { Followed, Home } from './home.ts';
import type { Start } from './observable.ts';

/** By key. */
export type StateMap = ReadonlyMap<string, unknown>;

export const noState: StateMap = new Map();

export function watchState(home: Home, followed: Followed): Start<StateMap> {
  return (changed) => {
    const seat = home.look(followed);
    const values = new Map<string, unknown>();
    const put = (key: string, value: Received | undefined): void => {
      const seen = value && followed.checks.seen('state', value.data);
      if (seen === undefined) {
        values.delete(key);
      } else {
        values.set(key, seen.data);
      }
    };
    for (const [key, value] of seat?.subscription.state ?? []) {
      put(key, value);
    }
    const end = seat?.subscription.on('state', ({ key, value }) => {
      put(key, value);
      changed();
    });
    return {
      read: () => new Map(values),
      stop: () => {
        end?.();
        seat?.leave();
      },
    };
  };
}
