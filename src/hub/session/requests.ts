/**
 * What a client may ask once it is in: one row for each message.
 * In: a session and a request. Out: the answer, sent. Whatever was awaited, the session and the subscription are looked at
 * again before anything is done. Fails: a promise that rejects is answered with BROKER_UNAVAILABLE by the session.
 */

import {
  type ClientMessage,
  isChannelName,
  type Of,
  type Position,
  type Publish,
  type Subscribe,
  type Unsubscribe,
} from '../../wire/index.ts';
import { Subscription } from '../channel/catch-up.ts';
import { isLonger, jsonText } from '../data.ts';
import type { Asker } from './asker.ts';
import { history } from './history.ts';
import { mayPublish, mayRead } from './permissions.ts';

export type Request = Exclude<ClientMessage, { readonly type: 'hello' }>;

type Work<Type extends Request['type']> = (
  session: Asker,
  request: Of<Request, Type>,
) => Promise<void> | undefined;

const table: { readonly [Type in Request['type']]: Work<Type> } = {
  subscribe,
  unsubscribe,
  publish,
  history,
  ping: (session, { id }) => {
    session.tell({ type: 'pong', id });
    return undefined;
  },
};

/** A promise when there is something to wait for. */
export function begin(session: Asker, request: Request): Promise<void> | undefined {
  if ('channel' in request && !isChannelName(request.channel)) {
    session.refuse(request.id, 'CHANNEL_INVALID', 'this cannot be the name of a channel');
    return undefined;
  }
  return (table[request.type] as Work<Request['type']>)(session, request as never);
}

function subscribe(session: Asker, request: Subscribe): Promise<void> | undefined {
  const { id, channel } = request;
  const { subscriptions, hub } = session;
  if (subscriptions.has(channel)) {
    session.refuse(id, 'ALREADY_SUBSCRIBED', 'this channel is being followed already');
    return undefined;
  }
  if (subscriptions.size >= hub.limits.maxSubscriptions) {
    session.refuse(id, 'TOO_MANY_SUBSCRIPTIONS', 'this client follows too many channels');
    return undefined;
  }
  // Taken before anything is awaited; whether it is still the same one tells afterwards if it is still wanted.
  const subscription = new Subscription(channel, session, hub);
  subscriptions.set(channel, subscription);
  const joining = join(session, request, subscription);
  subscription.answered = joining.catch(() => {});
  return joining;
}

async function join(
  session: Asker,
  { id, channel, since }: Subscribe,
  subscription: Subscription,
): Promise<void> {
  try {
    if (!(await mayRead(session, channel))) {
      giveUp(session, channel, subscription);
      session.refuse(id, 'FORBIDDEN', 'you may not read this channel');
    } else if (!(await follow(session, { id, channel, since }, subscription))) {
      session.refuse(id, 'NOT_SUBSCRIBED', 'the subscription was ended before it began');
    }
  } catch (error) {
    giveUp(session, channel, subscription);
    throw error;
  }
}

/** False when the subscription was left before it was answered. */
async function follow(
  session: Asker,
  { id, channel, since }: Pick<Subscribe, 'id' | 'channel'> & { since: Position | undefined },
  subscription: Subscription,
): Promise<boolean> {
  const { channels, notes } = session.hub;
  if (subscription.hasLeft) {
    return false;
  }
  const followed = channels.find(channel);
  if (followed === undefined) {
    giveUp(session, channel, subscription);
    session.refuse(id, 'TOO_MANY_CHANNELS', 'this server follows too many channels', true);
    return true;
  }
  await followed.join(subscription);
  if (subscription.hasLeft || !(await subscription.start(id, followed, since))) {
    return false;
  }
  notes.subscribed(session.id, channel);
  return true;
}

function giveUp(session: Asker, channel: string, subscription: Subscription): void {
  session.hub.channels.leave(channel, subscription);
  // Another one may stand there by now, if the client left this one and came again.
  if (session.subscriptions.get(channel) === subscription) {
    session.subscriptions.delete(channel);
  }
}

function unsubscribe(session: Asker, { id, channel }: Unsubscribe): undefined {
  const subscription = session.subscriptions.get(channel);
  if (subscription === undefined) {
    session.refuse(id, 'NOT_SUBSCRIBED', 'this channel is not being followed');
    return;
  }
  giveUp(session, channel, subscription);
  session.tell({ type: 'unsubscribed', id, channel });
}

function publish(session: Asker, { id, channel, data }: Publish): Promise<void> | undefined {
  const { limits } = session.hub;
  const text = jsonText(data);
  if (text === undefined || isLonger(text, limits.maxDataBytes)) {
    session.refuse(id, 'DATA_TOO_LARGE', `data may have ${limits.maxDataBytes} bytes of JSON`);
    return undefined;
  }
  const isAllowed = mayPublish(session, { channel, data });
  // Who asks to follow a channel and then publishes to it means to get what it published.
  const following = session.subscriptions.get(channel)?.answered;
  // The policy may take its time with each; the log sees them in the order in which they were sent.
  const appending = session.publishing.run(async () => {
    await following;
    if (!(await isAllowed)) {
      session.refuse(id, 'FORBIDDEN', 'you may not publish to this channel');
      return undefined;
    }
    // In an object, so that the next one does not wait for the broker's answer to this one.
    return session.isOpen
      ? { position: session.hub.append(channel, data, session.user) }
      : undefined;
  });
  return answerAppended(session, id, appending);
}

async function answerAppended(
  session: Asker,
  id: number,
  appending: Promise<{ readonly position: Promise<Position> } | undefined>,
): Promise<void> {
  const appended = await appending;
  if (appended !== undefined) {
    session.tell({ type: 'appended', id, position: await appended.position });
  }
}
