/**
 * Signals of the server's own code.
 * In: a channel and what is said there. Out: the signal, on the bus. Fails: rejects with a HubUsageError before anything is sent, and as the bus
 * does.
 */
import { isChannelName, reservedMark } from '../wire/index.ts';
import type { ApplicationsHub } from './application.ts';
import { requireEvent, requireSayable } from './calls/sayable.ts';
import { signalOnBus, signalTopic } from './channel/signals.ts';
import type { Inside } from './inside.ts';
import { HubUsageError } from './usage-error.ts';

/** @throws {HubUsageError} As a rejection: `CHANNEL_INVALID`, `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`. */
export async function signalTo(
  { post, limits }: Pick<Inside, 'limits' | 'post'>,
  ...[channel, data, { event, by } = {}]: Parameters<ApplicationsHub['signal']>
): Promise<void> {
  if (!isChannelName(channel) || channel.startsWith(reservedMark)) {
    throw new HubUsageError('CHANNEL_INVALID', 'this cannot be the name of a channel');
  }
  requireEvent(event);
  requireSayable(data, limits.maxDataBytes);
  const named = { ...(event === undefined ? {} : { event }), ...(by === undefined ? {} : { by }) };
  await post.send(signalTopic(channel), signalOnBus({ data, ...named }));
}
