/**
 * What a client means by the name of a channel that it wants to follow or read. The hub's own channels are reached by what they mean, so that
 * no client names another's.
 * In: a name and the user who asks. Out: the channel of the log, what it is for, and what the policy is asked. Cannot fail: undefined is
 * CHANNEL_INVALID.
 */
import {
  type ChannelKind,
  inboxChannel,
  isChannelName,
  reservedMark,
  rosterMark,
} from '../../wire/index.ts';
import { inboxOf } from '../unicast/inbox.ts';

export interface AskedChannel {
  /** Of the log. The client goes on calling it as it asked. */
  readonly channel: string;
  /** Undefined: as the application says of that channel. */
  readonly kind?: ChannelKind;
  /** What must be allowed, and of which channel. Undefined: nothing, it is the user's own. */
  readonly question?: { readonly of: 'subscribe' | 'roster'; readonly channel: string };
}

/** Whether it may name one of the application's own channels. */
export function isOfApplication(name: string): boolean {
  return isChannelName(name) && !name.startsWith(reservedMark);
}

/** Whose roster it is; undefined: it is none. */
export function rosterOf(name: string): string | undefined {
  const channel = name.startsWith(rosterMark) ? name.slice(rosterMark.length) : '';
  return channel === '' || channel.startsWith(reservedMark) ? undefined : channel;
}

export function askedChannel(name: string, user: string): AskedChannel | undefined {
  if (name === inboxChannel) {
    return { channel: inboxOf(user), kind: 'log' };
  }
  if (!isChannelName(name)) {
    return undefined;
  }
  if (!name.startsWith(reservedMark)) {
    return { channel: name, question: { of: 'subscribe', channel: name } };
  }
  const channel = rosterOf(name);
  return channel === undefined
    ? undefined
    : { channel: name, kind: 'state', question: { of: 'roster', channel } };
}
