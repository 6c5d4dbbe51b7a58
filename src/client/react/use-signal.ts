/**
 * The last signals of a channel in a component: who is typing, where the cursors are.
 * In: a channel and the name of a signal. Out: of each user the latest, for a while. Fails: not at all; a lost signal is lost.
 */
import { useMemo } from 'react';
import type { Contract, PatternOf, Side, SignalsOf } from '../../contract/index.ts';
import type { AppChannel, NameOf, RecentSignal, SignalsOptions } from '../app/index.ts';
import { useKept, useObservable } from './use-observable.ts';

/** The newest last. To send one: `channel.signal`. Throws `OPTION_INVALID`. */
export function useSignal<
  C extends Contract,
  P extends PatternOf<C>,
  S extends Side,
  Name extends NameOf<SignalsOf<C, P>>,
>(
  channel: AppChannel<C, P, S>,
  name: Name,
  { forMs, limit }: SignalsOptions = {},
): readonly RecentSignal<SignalsOf<C, P, S>[Name]>[] {
  const kept = useKept(channel);
  const signals = useMemo(
    () =>
      kept.signals(name, {
        ...(forMs === undefined ? undefined : { forMs }),
        ...(limit === undefined ? undefined : { limit }),
      }),
    [kept, name, forMs, limit],
  );
  return useObservable(signals);
}
