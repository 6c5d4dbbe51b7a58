/**
 * What a client means by the name of a channel: its log, its rules, and who may read it.
 * In: a session and a name. Out: where that leads; undefined for what is no name, or one that is the hub's own. Fails: never; a
 * function of the application's that throws leads nowhere.
 */
import { isChannelName, reservedMark } from '../../wire/index.ts';
import type { ChannelIdentity } from '../channel/channel.ts';
import { fullSight, type Sight, sightFor } from '../channel/sight.ts';
import { askedChannel } from '../presence/asked-channel.ts';
import type { Asker } from './asker.ts';

export interface Reach extends ChannelIdentity {
  /** Whose roster it is. */
  readonly rosterOf: string | undefined;
  /** Of what may be read, what is shown: the same for what is live and for what is past. */
  readonly sight: Sight;
  /** A plain `true` is yes. The same question for what is live and for what is past. */
  mayRead(): Promise<boolean>;
}

export function reach(session: Asker, shown: string): Reach | undefined {
  const asked = askedChannel(shown, session.user);
  const rules = asked === undefined ? undefined : quietRules(session, asked.channel);
  if (asked === undefined || rules === undefined) {
    return undefined;
  }
  const { channel: name, question } = asked;
  const { user, hub } = session;
  const isOwn = question?.of === 'subscribe';
  return {
    name,
    shown,
    rules,
    rosterOf: question?.of === 'roster' ? question.channel : undefined,
    sight: isOwn ? sightFor({ ...hub, user, channel: name, kind: rules.kind }) : fullSight,
    mayRead: async () => question === undefined || says(session, question.of, question.channel),
  };
}

/** Where clients may write: what is the application's. */
export function ownReach(session: Asker, shown: string): Reach | undefined {
  const isOwn = isChannelName(shown) && !shown.startsWith(reservedMark);
  return isOwn ? reach(session, shown) : undefined;
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
