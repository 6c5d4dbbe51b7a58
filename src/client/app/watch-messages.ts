/**
 * The messages of a channel as an observable: its latest history, what comes, and what this client publishes.
 * In: a subscription, pages of its log, and the outbox. Out: a bounded list, as `message-list.ts` keeps it. Fails: what cannot be read for now
 * is read again, after a delay that grows; what may not be read is not there.
 */
import { ClientError } from '../index.ts';
import type { Followed, Home } from './home.ts';
import { type Message, MessageList } from './message-list.ts';
import type { Observable, Source } from './observable.ts';
import { readLatest } from './read-latest.ts';

/** How many messages are held to be shown. */
export interface MessagesOptions {
  /** Messages kept and shown, the latest. @default 100 */
  readonly limit?: number;
  /** Of these, so many are read of the log first, and again after a gap; a server may give fewer at a time. 0: from now on. @default 100 */
  readonly history?: number;
}
/** Used where `MessagesOptions` say nothing. */
export const messagesDefaults: Required<MessagesOptions> = { limit: 100, history: 100 };

/** The messages of a channel, oldest first. */
export interface Messages<Item = Message> extends Observable<readonly Item[]> {
  /** Takes away what is `failed` or `unknown`, by its key. False: there is none, or nobody looks. */
  readonly dismiss: (key: string) => boolean;
}

export const noMessages: readonly Message[] = [];

export interface MessagesSource extends Source<readonly Message[]> {
  dismiss(key: string): boolean;
}

/** Throws `OPTION_INVALID`. */
export function messagesOptions(given: MessagesOptions = {}): Required<MessagesOptions> {
  const limit = given.limit ?? messagesDefaults.limit;
  const history = given.history ?? Math.min(messagesDefaults.history, limit);
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new ClientError('OPTION_INVALID', 'limit must be a whole number above zero');
  }
  if (!(Number.isSafeInteger(history) && history >= 0)) {
    throw new ClientError('OPTION_INVALID', 'history must be a whole number');
  }
  return { limit, history: Math.min(history, limit) };
}

export function watchMessages(
  home: Home,
  followed: Followed,
  { limit, history }: Required<MessagesOptions>,
): (changed: () => void) => MessagesSource {
  return (changed) => {
    const { checks, name } = followed;
    const list = new MessageList(limit, (event, data) => checks.seen('events', data, event));
    const seat = home.look(followed);
    if (seat === undefined) {
      return { read: () => noMessages, stop: () => undefined, dismiss: () => false };
    }
    const { client } = home;
    const { subscription } = seat;
    for (const entry of client.outbox.entries) {
      if (entry.channel === name) {
        list.published(entry, client.user);
      }
    }
    const ends = [
      subscription.on('publication', (received) => {
        list.received(received, client.user);
        changed();
      }),
      client.outbox.on('status', (entry) => {
        if (entry.channel === name) {
          list.published(entry, client.user);
          changed();
        }
      }),
      readLatest(client, subscription, {
        limit: history,
        loaded: (page) => {
          list.loaded(page, client.user);
          changed();
        },
      }),
      seat.leave,
    ];
    return {
      read: () => list.read(),
      stop: () => {
        for (const end of ends) {
          end();
        }
      },
      dismiss: (key) => {
        const isGone = list.dismiss(key);
        if (isGone) {
          changed();
        }
        return isGone;
      },
    };
  };
}
