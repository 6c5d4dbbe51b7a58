/**
 * What a channel tells by name: events and signals of the contract, and four words of the client's own.
 * In: a name and a listener. Out: calls, as long as it is not ended; the channel is followed for that long. Fails: as `subscribe` of the client
 * does. What does not fit a contract that was passed in is not told.
 */
import type { Received, SignalReceived, StateChange, Subscription } from '../index.ts';
import type { EntryMeta } from './app-events.ts';
import type { Checks } from './checks.ts';
import type { Followed, Home } from './home.ts';
import { onPresence } from './watch-roster.ts';

/** What it is given is said by the types of `app-events.ts`. */
export type AnyListener = (...told: readonly unknown[]) => void;

/** Of the log, with its types taken off. */
export interface Entry {
  readonly event: string;
  readonly data: unknown;
  readonly meta: EntryMeta;
}

/** @returns how to end it. */
export function listen(
  home: Home,
  followed: Followed,
  name: string,
  listener: AnyListener,
): () => void {
  if (name === 'presence') {
    return onPresence(home, followed, (change) => listener(change));
  }
  const { subscription, leave } = home.follow(followed);
  const ends = add(subscription, followed.checks, name, listener);
  return () => {
    for (const end of [...ends, leave]) {
      end();
    }
  };
}

/** What has no event does not stand in a contract. */
export function entryOf(checks: Checks, received: Received): Entry | undefined {
  const { event } = received;
  const seen = event === undefined ? undefined : checks.seen('events', received.data, event);
  return event === undefined || seen === undefined
    ? undefined
    : { event, data: seen.data, meta: received };
}

function add(
  subscription: Subscription,
  checks: Checks,
  name: string,
  listener: AnyListener,
): (() => void)[] {
  const tellEntry = (received: Received): void => {
    const entry = received.event === name ? entryOf(checks, received) : undefined;
    if (entry !== undefined) {
      listener(entry.data, entry.meta);
    }
  };
  const tellSignal = ({ event, data, by }: SignalReceived): void => {
    const seen = event === name ? checks.seen('signals', data, name) : undefined;
    if (seen !== undefined) {
      listener(seen.data, { by });
    }
  };
  switch (name) {
    case 'gap':
      return [subscription.on('gap', (gap) => listener(gap))];
    case 'status':
      return [subscription.on('status', (change) => listener(change))];
    case 'state':
      return [subscription.on('state', (change) => tellState(checks, change, listener))];
    default:
      // Without the contract nobody knows here whether it is an event or a signal.
      return [subscription.on('publication', tellEntry), subscription.on('signal', tellSignal)];
  }
}

/** A value that does not fit is not told; a key that has none any more always is. */
function tellState(checks: Checks, { key, value }: StateChange, listener: AnyListener): void {
  const seen = value && checks.seen('state', value.data);
  if (value === undefined || seen !== undefined) {
    listener({ key, value: seen?.data, meta: value });
  }
}
