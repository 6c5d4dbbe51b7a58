/**
 * What one reader is shown of a channel that it may follow, as the policy's `see` says (threat D11): the same for what is live, what is caught up
 * with, and history.
 * In: publications and signals. Out: what the reader is told of them, if anything. Cannot fail: a policy that throws has said no.
 */
import type { Policy, Seen } from '../../ports/index.ts';
import type { ChannelKind, Publication } from '../../wire/index.ts';
import type { Notes } from '../notes.ts';
import { asking, type Whom } from '../whom.ts';

export interface Sight {
  /** The publication, or what stands for it; undefined: nothing. */
  entry(publication: Publication): Publication | undefined;
  signal(said: Seen): boolean;
}

/** The reader is shown everything. */
export const fullSight: Sight = { entry: (publication) => publication, signal: () => true };

export interface SightNeeds {
  readonly policy: Pick<Policy, 'see'>;
  readonly notes: Pick<Notes, 'failed'>;
  readonly whom: Whom;
  readonly channel: string;
  readonly kind: ChannelKind;
}

export function sightFor({ policy, notes, whom, channel, kind }: SightNeeds): Sight {
  if (policy.see === undefined) {
    return fullSight;
  }
  const sees = ({ data, event, key, removed, by }: Seen): boolean => {
    const said = {
      data,
      ...(event === undefined ? {} : { event }),
      ...(key === undefined ? {} : { key }),
      ...(removed === true ? { removed } : {}),
      ...(by === undefined ? {} : { by }),
    };
    try {
      // A promise is no answer: the next reader does not wait for this one's.
      return policy.see!({ ...asking(whom), channel, ...said }) === true;
    } catch (error) {
      notes.failed(error);
      return false;
    }
  };
  const entry = (publication: Publication): Publication | undefined => {
    if (sees(publication)) {
      return publication;
    }
    // Whoever was shown the value before must not go on with it, if it may know that.
    const gone =
      kind === 'state' && publication.removed !== true ? without(publication) : undefined;
    return gone !== undefined && sees(gone) ? gone : undefined;
  };
  return { entry, signal: sees };
}

/** The same entry, in which the key has no value. */
function without(publication: Publication): Publication {
  return { ...publication, data: null, removed: true };
}
