/**
 * What a client means by the name of a channel: its log, its rules, and who may read it.
 * In: a session and a name. Out: where that leads; undefined for what is no name, or one that is the hub's own. Fails: never; a
 * function of the application's that throws leads nowhere.
 */
import type { ChannelIdentity } from '../channel/channel.ts';
import { fullSight, type Sight, sightFor } from '../channel/sight.ts';
import type { Denied } from '../denied.ts';
import { type AskedChannel, askedChannel, isOfApplication } from '../presence/asked-channel.ts';
import { asking } from '../whom.ts';
import type { Asker } from './asker.ts';
import { judgeFor } from './permissions.ts';

export interface Reach extends ChannelIdentity {
  /** Whose roster it is. */
  readonly rosterOf: string | undefined;
  /** Of what may be read, what is shown: the same for what is live and for what is past. */
  readonly sight: Sight;
  /**
   * Why it may not be read; undefined: it may. The same question for what is live and for what is past.
   * @param isAgain It was allowed before, and goes on.
   */
  denied(isAgain?: boolean): Promise<Denied | undefined>;
}

export function reach(session: Asker, shown: string): Reach | undefined {
  const asked = askedChannel(shown, session.user);
  const rules = asked === undefined ? undefined : quietRules(session, asked.channel);
  if (asked === undefined || rules === undefined) {
    return undefined;
  }
  const { channel: name, question } = asked;
  const { whom, hub } = session;
  const isOwn = question?.of === 'subscribe';
  return {
    name,
    shown,
    rules,
    rosterOf: question?.of === 'roster' ? question.channel : undefined,
    sight: isOwn ? sightFor({ ...hub, whom, channel: name, kind: rules.kind }) : fullSight,
    denied: async (isAgain = false) =>
      question === undefined ? undefined : judgeReading(session, question, isAgain),
  };
}

/** Where clients may write: what is the application's. */
export function ownReach(session: Asker, shown: string): Reach | undefined {
  return isOfApplication(shown) ? reach(session, shown) : undefined;
}

function judgeReading(
  session: Asker,
  { of, channel }: NonNullable<AskedChannel['question']>,
  isAgain: boolean,
): Promise<Denied | undefined> {
  const { whom, hub } = session;
  const asked = { ...asking(whom), channel, ...(isAgain ? { again: isAgain } : {}) };
  return judgeFor(hub, () => hub.policy[of]?.(asked), 'you may not read this channel');
}

function quietRules({ hub }: Asker, name: string): ChannelIdentity['rules'] | undefined {
  try {
    return hub.rulesOf(name);
  } catch (error) {
    hub.notes.failed(error);
    return undefined;
  }
}
