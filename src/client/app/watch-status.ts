/**
 * How it stands with the connection, and with one channel, as observables.
 * In: a client and a channel. Out: the latest change that was told. Fails: what cannot be followed is `refused`, and says why.
 */
import type { Client, ClientError, StatusChange, SubscriptionChange } from '../index.ts';
import type { Followed, Home } from './home.ts';
import type { Start } from './observable.ts';

/** Before anybody needed a client, and where pages are made on a server. */
export const connecting: StatusChange = { status: 'connecting' };
/** Before anybody followed it. */
export const pending: SubscriptionChange = { status: 'pending' };

/** What is so while nobody looks: one object as long as it is so. */
export function statusBefore(home: Home): () => StatusChange {
  let last = connecting;
  return () => {
    const status = home.known?.status ?? 'connecting';
    last = last.status === status ? last : { status };
    return last;
  };
}

export function watchStatus(client: () => Client): Start<StatusChange> {
  return (changed) => {
    let last: StatusChange = { status: client().status };
    const stop = client().on('status', (change) => {
      last = change;
      changed();
    });
    return { read: () => last, stop };
  };
}

export function watchChannelStatus(home: Home, followed: Followed): Start<SubscriptionChange> {
  return (changed) => {
    try {
      const { subscription, leave } = home.follow(followed);
      let last: SubscriptionChange = { status: subscription.status };
      const end = subscription.on('status', (change) => {
        last = change;
        changed();
      });
      const stop = (): void => {
        end();
        leave();
      };
      return { read: () => last, stop };
    } catch (error) {
      const refused = { status: 'refused', error: error as ClientError } as const;
      return { read: () => refused, stop: () => undefined };
    }
  };
}
