/**
 * The last signals of one name, as an observable: who is typing, where the cursors are.
 * In: signals, and time. Out: of each who signalled the latest, for a while; the newest last. Cannot fail.
 */
import type { Cancel } from '../../ground/clock.ts';
import { ClientError } from '../index.ts';
import type { Followed, Home } from './home.ts';
import type { Start } from './observable.ts';

/** For how long signals are shown, and how many. */
export interface SignalsOptions {
  /** How long one is shown after it came, in milliseconds. @default 3_000 */
  readonly forMs?: number;
  /** Signals shown at once; with one more the oldest goes. @default 100 */
  readonly limit?: number;
}
/** Used where `SignalsOptions` say nothing. */
export const signalsDefaults: Required<SignalsOptions> = { forMs: 3_000, limit: 100 };

/** One that came a short while ago. */
export interface RecentSignal<Data = unknown> {
  readonly data: Data;
  /** Who said it, as the server's policy named the user; undefined for what the server itself said. Of each there is one. */
  readonly by: string | undefined;
}

interface Shown {
  readonly signal: RecentSignal;
  readonly untilMs: number;
}

export const noSignals: readonly RecentSignal[] = [];

/** Throws `OPTION_INVALID`. */
export function signalsOptions(given: SignalsOptions = {}): Required<SignalsOptions> {
  const { forMs = signalsDefaults.forMs, limit = signalsDefaults.limit } = given;
  if (!(forMs > 0)) {
    throw new ClientError('OPTION_INVALID', 'forMs must be a number above zero');
  }
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new ClientError('OPTION_INVALID', 'limit must be a whole number above zero');
  }
  return { forMs, limit };
}

export function watchSignals(
  home: Home,
  followed: Followed,
  { name, forMs, limit }: Required<SignalsOptions> & { readonly name: string },
): Start<readonly RecentSignal[]> {
  return (changed) => {
    const seat = home.look(followed);
    const { clock } = home.client;
    /** By who said it, in the order in which they end. */
    const shown = new Map<string | undefined, Shown>();
    let cancel: Cancel = () => undefined;

    const sweep = (): void => {
      cancel();
      for (const [by, { untilMs }] of shown) {
        const leftMs = untilMs - clock.nowMs();
        if (leftMs > 0) {
          cancel = clock.after(leftMs, sweep);
          break;
        }
        shown.delete(by);
      }
      changed();
    };
    const end = seat?.subscription.on('signal', ({ event, data, by }) => {
      const seen = event === name ? followed.checks.seen('signals', data, name) : undefined;
      if (seen !== undefined) {
        shown.delete(by);
        shown.set(by, { signal: { data: seen.data, by }, untilMs: clock.nowMs() + forMs });
        if (shown.size > limit) {
          shown.delete(shown.keys().next().value);
        }
        sweep();
      }
    });
    return {
      read: () => Array.from(shown.values(), ({ signal }) => signal),
      stop: () => {
        cancel();
        end?.();
        seat?.leave();
      },
    };
  };
}
