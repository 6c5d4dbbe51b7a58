/**
 * What the server's own code publishes, looked at before the broker sees it.
 * In: a channel and what is to go there. Out: a copy of it, as it goes into the log. Fails: throws HubUsageError.
 */
import {
  isChannelName,
  isDeeperThan,
  maxClientDepth,
  messageLimits,
  reservedMark,
} from '../wire/index.ts';
import type { Content } from './append.ts';
import { isLonger, jsonText } from './data.ts';
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
  if (event !== undefined && (event === '' || event.length > messageLimits.eventLength)) {
    throw new HubUsageError(
      'EVENT_INVALID',
      `an event has 1 to ${messageLimits.eventLength} characters`,
    );
  }
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
  if (data instanceof Uint8Array) {
    if (data.length > most) {
      throw new HubUsageError('DATA_TOO_LARGE', `more than ${most} bytes`);
    }
    return new Uint8Array(data);
  }
  const text = jsonText(data);
  if (text === undefined) {
    throw new HubUsageError('DATA_INVALID', 'data must be a JSON value');
  }
  if (isDeeperThan(maxClientDepth - 1, text)) {
    throw new HubUsageError('DATA_INVALID', `data may nest ${maxClientDepth - 1} deep`);
  }
  if (isLonger(text, most)) {
    throw new HubUsageError('DATA_TOO_LARGE', `more than ${most} bytes of JSON`);
  }
  return JSON.parse(text);
}
