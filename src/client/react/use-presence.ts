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
  /** What to say of oneself, and so to be in the roster: any JSON value, which may be made anew each time. @default none */
  readonly say?: Data;
  /** Be in the roster, also where the server says what there is to say. @default whether there is something to `say` */
  readonly enter?: boolean;
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
  { say, enter = say !== undefined }: PresenceOptions<PresenceOf<C, P, 'input'>> = {},
): PresenceView<PresenceOf<C, P, S>> {
  const kept = useKept(channel);
  const [error, setError] = useState<ClientError>();
  const said = JSON.stringify(say ?? null);
  useEffect(() => {
    if (!enter) {
      return undefined;
    }
    const end = stay(() => (kept as object as Staying).stay(JSON.parse(said), setError), setError);
    return () => {
      end();
      setError(undefined);
    };
  }, [kept, enter, said]);
  return { members: useObservable(kept.roster), error };
}

/** A channel with its types taken off. */
interface Staying {
  stay(data: unknown, refused: (error: ClientError) => void): () => void;
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
