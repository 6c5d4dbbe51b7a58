/**
 * What a client means by the name of a channel: its log, its rules, and who may read it.
 * In: a session and a name. Out: where that leads; undefined for what is no name, or one that is the hub's own. Fails: never; a
 * function of the application's that throws leads nowhere.
 */
import { inboxChannel, isChannelName, reservedMark, rosterMark } from '../../wire/index.ts';
import type { ChannelIdentity } from '../channel/channel.ts';
import { inboxOf } from '../names.ts';
import type { Asker } from './asker.ts';

export interface Reach extends ChannelIdentity {
  /** A plain `true` is yes. The same question for what is live and for what is past. */
  mayRead(): Promise<boolean>;
}

export function reach(session: Asker, shown: string): Reach | undefined {
  const { hub, user } = session;
  if (!isChannelName(shown)) {
    return undefined;
  }
  if (shown === inboxChannel) {
    const name = inboxOf(user);
    return { name, shown, rules: hub.rulesOf(name), mayRead: async () => true };
  }
  const rules = quietRules(session, shown);
  if (rules === undefined) {
    return undefined;
  }
  const name = shown;
  if (shown.startsWith(rosterMark)) {
    const channel = shown.slice(rosterMark.length);
    const isNamed = isChannelName(channel) && !channel.startsWith(reservedMark);
    const mayRead = (): Promise<boolean> => says(session, 'roster', channel);
    return isNamed ? { name, shown, rules, mayRead } : undefined;
  }
  if (shown.startsWith(reservedMark)) {
    return undefined;
  }
  return { name, shown, rules, mayRead: () => says(session, 'subscribe', shown) };
}

/** Where clients may write: what is the application's. */
export function ownReach(session: Asker, shown: string): Reach | undefined {
  return shown.startsWith(reservedMark) ? undefined : reach(session, shown);
}

async function says(
  session: Asker,
  what: 'roster' | 'subscribe',
  channel: string,
): Promise<boolean> {
  const { policy } = session.hub;
  const { user } = session;
  return (await session.ask(() => policy[what]?.({ user, channel }))) === true;
}

function quietRules({ hub }: Asker, name: string): ChannelIdentity['rules'] | undefined {
  try {
    return hub.rulesOf(name);
  } catch (error) {
    hub.notes.failed(error);
    return undefined;
  }
}
