/**
 * Who is in a channel, in a component, and to be there oneself as long as it is shown.
 * In: a channel, and what to say of oneself. Out: the members. Fails: why one may not be there is in `error`.
 */
import { useEffect, useState } from 'react';
import type { Contract, PatternOf, PresenceOf, Side } from '../../contract/index.ts';
import type { AppChannel, RosterMember } from '../app/index.ts';
import type { ClientError } from '../index.ts';
import { useKept, useObservable } from './use-observable.ts';

/** Whether to be in the roster oneself. */
export interface PresenceOptions<Data> {
  /** What to say of oneself, to be in the roster: any JSON value, which may be made anew each time. @default none: only to look */
  readonly say?: Data;
}

/** A roster, as it is shown. */
export interface PresenceView<Data> {
  /** Those who came first first. */
  readonly members: readonly RosterMember<Data>[];
  /** Why the server does not let one in; undefined while it does, or one only looks. */
  readonly error: ClientError | undefined;
}

/** Who is in the channel's roster; with `say`, oneself among them for as long as the component is there. */
export function usePresence<C extends Contract, P extends PatternOf<C>, S extends Side>(
  channel: AppChannel<C, P, S>,
  { say }: PresenceOptions<PresenceOf<C, P, 'input'>> = {},
): PresenceView<PresenceOf<C, P, S>> {
  const kept = useKept(channel);
  const [error, setError] = useState<ClientError>();
  const said = JSON.stringify(say);
  useEffect(() => {
    if (said === undefined) {
      return undefined;
    }
    const end = stay(() => kept.stay(JSON.parse(said), setError), setError);
    return () => {
      end();
      setError(undefined);
    };
  }, [kept, said]);
  return { members: useObservable(kept.roster), error };
}

/** What the contract refuses at once is told like what the server refuses. */
function stay(begin: () => () => void, refused: (error: ClientError) => void): () => void {
  try {
    return begin();
  } catch (error) {
    refused(error as ClientError);
    return () => undefined;
  }
}
