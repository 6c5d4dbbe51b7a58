/**
 * What the server's own code publishes, looked at before the broker sees it.
 * In: a channel and what is to go there. Out: a copy of it, as it goes into the log. Fails: throws HubUsageError.
 */
import { isChannelName, messageLimits, reservedMark } from '../wire/index.ts';
import type { Content } from './append.ts';
import { requireEvent, requireSayable } from './calls/sayable.ts';
import type { Inside } from './inside.ts';
import { contentOf, mismatch } from './session/publishing.ts';
import { HubUsageError } from './usage-error.ts';

export function contentToPublish(
  { limits, rulesOf }: Pick<Inside, 'limits' | 'rulesOf'>,
  channel: string,
  given: Content,
): Content {
  const { by, event } = given;
  if (!isChannelName(channel) || channel.startsWith(reservedMark)) {
    throw new HubUsageError('CHANNEL_INVALID', 'this cannot be the name of a channel');
  }
  if (by !== undefined && by.length > messageLimits.userLength) {
    throw new HubUsageError('USER_INVALID', `more than ${messageLimits.userLength} characters`);
  }
  requireEvent(event);
  const wrong = mismatch(rulesOf(channel), given);
  if (wrong !== undefined) {
    throw new HubUsageError(...wrong);
  }
  return contentOf({ ...given, data: copyOf(given, limits.maxDataBytes) }, by);
}

/** The caller may change its own while this waits its turn. */
function copyOf({ data, removed }: Content, most: number): unknown {
  if (removed === true) {
    return null;
  }
  requireSayable(data, most);
  return data instanceof Uint8Array ? new Uint8Array(data) : JSON.parse(JSON.stringify(data));
}
