/**
 * A channel in a component: followed as long as the component is shown.
 * In: a channel of `withContract`, which may be made anew each time. Out: what is in it. Fails: `refused`, with the reason, in `status`.
 */
import { useMemo } from 'react';
import type { Contract, PatternOf, Side, StateOf } from '../../contract/index.ts';
import type { AppChannel, MessageOf, MessagesOptions } from '../app/index.ts';
import type { ClientError, SubscriptionStatus } from '../index.ts';
import { useKept, useObservable } from './use-observable.ts';

/** What a component shows of a channel. */
export interface ChannelView<C extends Contract, P extends PatternOf<C>, S extends Side> {
  /** The channel itself, the same object as long as it is the same channel: to publish, to signal, to call. */
  readonly channel: AppChannel<C, P, S>;
  /** Of a log: its latest messages, oldest first, with what this client has just published. `key` is the key of its row. */
  readonly messages: readonly MessageOf<C, P, S>[];
  /** Of keyed state: each key's latest value. */
  readonly state: ReadonlyMap<string, StateOf<C, P, S>>;
  /** How the channel is followed. */
  readonly status: SubscriptionStatus;
  /** Why: with `refused`, and with `pending` when the server said not now. */
  readonly error: ClientError | undefined;
  /** Takes away a message that is `failed` or `unknown`, by its key. */
  readonly dismiss: (key: string) => boolean;
}

/** Follows the channel. All components that do share one subscription and one list. Throws `OPTION_INVALID`. */
export function useChannel<C extends Contract, P extends PatternOf<C>, S extends Side>(
  channel: AppChannel<C, P, S>,
  { limit, history }: MessagesOptions = {},
): ChannelView<C, P, S> {
  const kept = useKept(channel);
  const messages = useMemo(
    () =>
      kept.messages({
        ...(limit === undefined ? undefined : { limit }),
        ...(history === undefined ? undefined : { history }),
      }),
    [kept, limit, history],
  );
  const { status, error } = useObservable(kept.status);
  return {
    channel: kept,
    messages: useObservable(messages),
    state: useObservable(kept.state),
    status,
    error,
    dismiss: messages.dismiss,
  };
}
