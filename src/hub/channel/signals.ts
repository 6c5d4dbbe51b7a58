/**
 * Signals: to all who follow a channel now, on whatever node, at most once. They are kept nowhere.
 * In: a channel and what is said. Out: the same, to the channel's subscriptions of this hub. Fails: as the post does; what comes from
 * it and is no signal is ignored.
 */
import { Shared } from '../../ground/shared.ts';
import type { Post } from '../../ports/index.ts';
import {
  fromBase64,
  isChannelName,
  type ServerMessage,
  type Signalled,
  toBase64,
} from '../../wire/index.ts';
import { digest } from '../sha256.ts';
import type { Subscription } from './catch-up.ts';

/** What is said, and by whom. */
export type Said = Pick<Signalled, 'data' | 'event' | 'by'>;

/** Two rooms may be mistaken for one by nobody: no client names a channel that begins with the mark. */
const mark = '~signal:';

/** Names that are too long with the mark travel by their digest. */
export function signalTopic(channel: string): string {
  const topic = mark + channel;
  return isChannelName(topic) ? topic : `${mark}~${digest(channel)}`;
}

/** As it travels between nodes: a part of something else, which is JSON, so that bytes are text. */
export function signalOnBus({ data, ...more }: Said): unknown {
  return data instanceof Uint8Array ? { ...more, bytes: toBase64(data) } : { ...more, data };
}

interface Heard {
  readonly name: string;
  readonly shown: string;
  readonly subscriptions: ReadonlySet<Subscription>;
}

export function followSignals(post: Post, channel: Heard): Promise<() => void> {
  return post.follow(signalTopic(channel.name), (message) => {
    const said = saidIn(message);
    if (said !== undefined) {
      const { shown } = channel;
      const shared = new Shared<ServerMessage>({ type: 'signal', channel: shown, ...said });
      for (const subscription of channel.subscriptions) {
        subscription.signalled(shared);
      }
    }
  });
}

function saidIn(message: unknown): Said | undefined {
  if (typeof message !== 'object' || message === null) {
    return undefined;
  }
  const { bytes, event, by } = message as { readonly [name: string]: unknown };
  const data = typeof bytes === 'string' ? fromBase64(bytes) : (message as Partial<Said>).data;
  if (data === undefined || !isWord(event) || !isWord(by)) {
    return undefined;
  }
  return { data, ...(event === undefined ? {} : { event }), ...(by === undefined ? {} : { by }) };
}

function isWord(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
