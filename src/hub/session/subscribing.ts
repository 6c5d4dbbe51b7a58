/**
 * Following channels, and leaving them.
 * In: a session and its request. Out: the answer, sent. Whatever was awaited, the session and the subscription are looked at again before
 * anything is done. Fails: a promise that rejects is answered with BROKER_UNAVAILABLE by the session.
 */
import type { Resume, Subscribe, Unsubscribe } from '../../wire/index.ts';
import { Subscription } from '../channel/catch-up.ts';
import { deny } from '../denied.ts';
import type { Asker, RefusedMore } from './asker.ts';
import { type Reach, reach } from './reach.ts';

export function subscribe(session: Asker, request: Subscribe): Promise<void> | undefined {
  return begin(session, request, {});
}

/** Each of its channels is followed, or refused, for itself. */
export async function resume(session: Asker, { id, channels }: Resume): Promise<void> {
  const joining = channels.map(async ({ channel, since }) => {
    const more = { channel };
    try {
      const named = { type: 'subscribe', id, channel } as const;
      await begin(session, since === undefined ? named : { ...named, since }, more);
    } catch (error) {
      session.refuseFor(id, error, more);
    }
  });
  await Promise.all(joining);
}

export function unsubscribe(session: Asker, { id, channel }: Unsubscribe): undefined {
  const subscription = session.subscriptions.get(channel);
  const place = reach(session, channel);
  if (place === undefined) {
    session.refuse(id, 'CHANNEL_INVALID', 'this cannot be the name of a channel');
  } else if (subscription === undefined) {
    session.refuse(id, 'NOT_SUBSCRIBED', 'this channel is not being followed');
  } else {
    giveUp(session, place, subscription);
    session.tell({ type: 'unsubscribed', id, channel });
  }
}

/** Asks the policy again about a channel that is being followed, or is to be. */
export async function recheck(session: Asker, channel: string): Promise<void> {
  const subscription = session.subscriptions.get(channel);
  const place = reach(session, channel);
  if (subscription === undefined || place === undefined) {
    return;
  }
  const denied = await place.denied(true);
  if (denied !== undefined && session.isOpen && !subscription.hasLeft) {
    subscription.forbid();
    giveUp(session, place, subscription);
  }
}

function begin(session: Asker, request: Subscribe, more: RefusedMore): Promise<void> | undefined {
  const { id, channel } = request;
  const { subscriptions, hub } = session;
  const place = reach(session, channel);
  if (place === undefined) {
    session.refuse(id, 'CHANNEL_INVALID', 'this cannot be the name of a channel', more);
    return undefined;
  }
  if (subscriptions.has(channel)) {
    session.refuse(id, 'ALREADY_SUBSCRIBED', 'this channel is being followed already', more);
    return undefined;
  }
  if (subscriptions.size >= hub.limits.maxSubscriptions) {
    session.refuse(id, 'TOO_MANY_SUBSCRIPTIONS', 'this client follows too many channels', more);
    return undefined;
  }
  // Taken before anything is awaited; whether it is still the same one tells afterwards if it is still wanted.
  const subscription = new Subscription(place.name, session, hub, place.sight);
  subscriptions.set(channel, subscription);
  const joining = join(session, request, { place, subscription, more });
  subscription.answered = joining.catch(() => {});
  return joining;
}

interface Joining {
  readonly place: Reach;
  readonly subscription: Subscription;
  readonly more: RefusedMore;
}

async function join(session: Asker, request: Subscribe, joining: Joining): Promise<void> {
  const { place, subscription, more } = joining;
  const { id } = request;
  try {
    const denied = await place.denied();
    if (denied !== undefined) {
      giveUp(session, place, subscription);
      deny(session, id, denied, more);
    } else if (!(await follow(session, request, joining))) {
      session.refuse(id, subscription.endedBy, 'the subscription was ended before it began', more);
    }
  } catch (error) {
    giveUp(session, place, subscription);
    throw error;
  }
}

/** False when the subscription was left before it was answered. */
async function follow(
  session: Asker,
  { id, channel, since }: Subscribe,
  { place, subscription, more }: Joining,
): Promise<boolean> {
  const { channels, notes, rooms } = session.hub;
  if (subscription.hasLeft) {
    return false;
  }
  const followed = channels.find(place);
  if (followed === undefined) {
    giveUp(session, place, subscription);
    const message = 'this server follows too many channels';
    session.refuse(id, 'TOO_MANY_CHANNELS', message, { ...more, retryable: true });
    return true;
  }
  const { rosterOf } = place;
  if (rosterOf !== undefined) {
    rooms.presence.watched(rosterOf);
    subscription.whenLeft = () => rooms.presence.unwatched(rosterOf);
  }
  await followed.join(subscription);
  if (subscription.hasLeft || !(await subscription.start(id, followed, since))) {
    return false;
  }
  notes.subscribed(session.id, channel);
  return true;
}

function giveUp(session: Asker, { name, shown }: Reach, subscription: Subscription): void {
  session.hub.channels.leave(name, subscription);
  // Another one may stand there by now, if the client left this one and came again.
  if (session.subscriptions.get(shown) === subscription) {
    session.subscriptions.delete(shown);
  }
}
