/**
 * What the policy says. Nothing is allowed that it did not answer with a plain `true`.
 * In: a session and what it wants. Out: yes or no. Cannot fail: a policy that throws has said no.
 */
import type { Asker } from './asker.ts';

/** The same question for what is live and for what is past: nobody reads by one way what the other refuses. */
export async function mayRead(session: Asker, channel: string): Promise<boolean> {
  const { user, hub } = session;
  return (await session.ask(() => hub.policy.subscribe?.({ user, channel }))) === true;
}

export async function mayPublish(
  session: Asker,
  { channel, data }: { readonly channel: string; readonly data: unknown },
): Promise<boolean> {
  const { user, hub } = session;
  return (await session.ask(() => hub.policy.publish?.({ user, channel, data }))) === true;
}
