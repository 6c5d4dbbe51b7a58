/**
 * What goes on at this node because the policy allowed it: channels that are followed, places in rosters.
 * In: whose, and where. Out: a question for each, to be asked when its turn comes. Cannot fail.
 */
import { rosterMark } from '../wire/index.ts';
import type { Granted, NodeScope } from './rights.ts';
import type { Asker } from './session/asker.ts';
import { recheck } from './session/subscribing.ts';

export interface GrantedNeeds {
  /** Those that this node holds. */
  readonly sessions: () => Iterable<Asker>;
  readonly find: (session: string) => Asker | undefined;
  readonly presence: { granted(scope: NodeScope): Iterable<Granted> };
}

/** Those that come meanwhile are judged as they come, by what the policy says now. */
export function* grantedIn(
  { sessions, find, presence }: GrantedNeeds,
  scope: NodeScope,
): Iterable<Granted> {
  const { user, channel, session: id } = scope;
  // As they are now: this goes on while they come and go.
  const present = id === undefined ? [...sessions()] : [find(id)];
  for (const session of present) {
    if (session !== undefined && (user ?? session.user) === session.user) {
      for (const followed of followedBy(session, channel)) {
        yield () => recheck(session, followed);
      }
    }
  }
  yield* presence.granted(scope);
}

/** As the client calls them. */
function followedBy({ subscriptions }: Asker, channel: string | undefined): readonly string[] {
  const wanted =
    channel === undefined ? [...subscriptions.keys()] : [channel, rosterMark + channel];
  return wanted.filter((name) => subscriptions.has(name));
}
