/**
 * What the policy says of what clients write. Nothing is allowed that it did not answer with a plain `true`.
 * In: a session and what it wants. Out: why not; undefined: it may. Cannot fail: a policy that throws has said no.
 */
import { type Denied, judge } from '../denied.ts';
import type { Inside } from '../inside.ts';
import { asking } from '../whom.ts';
import type { Asker } from './asker.ts';

interface Wanted {
  readonly channel: string;
  readonly data: unknown;
  readonly event?: string;
  readonly key?: string;
  readonly removed?: true;
}

/** As `judge`. */
export function judgeFor(
  { limits, notes }: Inside,
  question: Parameters<typeof judge>[0],
  otherwise: string,
): Promise<Denied | undefined> {
  return judge(question, otherwise, { maxDataBytes: limits.maxDataBytes, notes });
}

export function publishDenied(session: Asker, wanted: Wanted): Promise<Denied | undefined> {
  const { whom, hub } = session;
  const { channel, data, event, key, removed } = wanted;
  const asked = {
    ...asking(whom),
    channel,
    data,
    ...(event === undefined ? {} : { event }),
    ...(key === undefined ? {} : { key }),
    ...(removed === undefined ? {} : { removed }),
  };
  return judgeFor(hub, () => hub.policy.publish?.(asked), 'you may not publish to this channel');
}

export function signalDenied(
  session: Asker,
  wanted: Pick<Wanted, 'channel' | 'data' | 'event'>,
): Promise<Denied | undefined> {
  const { whom, hub } = session;
  const asked = { ...asking(whom), ...wanted };
  return judgeFor(hub, () => hub.policy.signal?.(asked), 'you may not signal on this channel');
}
