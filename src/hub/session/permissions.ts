/**
 * What the policy says of what clients write. Nothing is allowed that it did not answer with a plain `true`.
 * In: a session and what it wants. Out: yes or no. Cannot fail: a policy that throws has said no.
 */
import type { Asker } from './asker.ts';

interface Wanted {
  readonly channel: string;
  readonly data: unknown;
  readonly event?: string;
  readonly key?: string;
}

export async function mayPublish(session: Asker, wanted: Wanted): Promise<boolean> {
  const { user, hub } = session;
  const { channel, data, event, key } = wanted;
  const named = {
    ...(event === undefined ? {} : { event }),
    ...(key === undefined ? {} : { key }),
  };
  const asked = { user, channel, data, ...named };
  return (await session.ask(() => hub.policy.publish?.(asked))) === true;
}

export async function maySignal(session: Asker, wanted: Omit<Wanted, 'key'>): Promise<boolean> {
  const { user, hub } = session;
  return (await session.ask(() => hub.policy.signal?.({ user, ...wanted }))) === true;
}
