/**
 * Signals: to all who follow a channel now, on whatever node, at most once. They are kept nowhere.
 * In: a channel and what is said. Out: the same, to the channel's subscriptions of this hub. Fails: as the post does; what comes from
 * it and is no signal is ignored.
 */
import { Shared } from '../../ground/shared.ts';
import type { Post } from '../../ports/index.ts';
import { isChannelName, type ServerMessage, type Signalled } from '../../wire/index.ts';
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

interface Heard {
  readonly name: string;
  readonly shown: string;
  readonly subscriptions: ReadonlySet<Subscription>;
}

export function followSignals(post: Post, channel: Heard): Promise<() => void> {
  return post.follow(signalTopic(channel.name), (said) => {
    if (isSaid(said)) {
      const { data, event, by } = said;
      const message = new Shared<ServerMessage>({
        type: 'signal',
        channel: channel.shown,
        data,
        ...(event === undefined ? {} : { event }),
        ...(by === undefined ? {} : { by }),
      });
      for (const subscription of channel.subscriptions) {
        subscription.signalled(message);
      }
    }
  });
}

function isSaid(said: unknown): said is Said {
  if (typeof said !== 'object' || said === null || !('data' in said)) {
    return false;
  }
  const { event, by } = said as { readonly event?: unknown; readonly by?: unknown };
  return isWord(event) && isWord(by);
}

function isWord(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
