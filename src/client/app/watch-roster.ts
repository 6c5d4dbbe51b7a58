/**
 * Who is in a channel, as an observable, and one by one.
 * In: the channel's roster, which is keyed state. Out: its members, those who came first first; and who joined, changed or left. Cannot fail:
 * what is no member is passed over.
 */
import { memberFrom } from '../../wire/index.ts';
import type { Received, Subscription } from '../index.ts';
import type { PresenceChange, RosterMember } from './app-events.ts';
import type { Checks } from './checks.ts';
import type { Followed, Home } from './home.ts';
import type { Start } from './observable.ts';

type Member = RosterMember<unknown>;

export const nobody: readonly Member[] = [];

export function watchRoster(home: Home, followed: Followed): Start<readonly Member[]> {
  return (changed) => {
    const members = new Map<string, Member>();
    const leave = followMembers(home, followed, members, changed);
    return { read: () => [...members.values()].toSorted(byTime), stop: leave };
  };
}

/** @returns how to end it. Throws as `roster` of the client does. */
export function onPresence(
  home: Home,
  followed: Followed,
  told: (change: PresenceChange<unknown>) => void,
): () => void {
  const { subscription, leave } = home.followRoster(followed);
  const end = follow(subscription, followed.checks, new Map(), told);
  return () => {
    end();
    leave();
  };
}

/** Where the roster cannot be followed, there is nobody in it. */
function followMembers(
  home: Home,
  followed: Followed,
  members: Map<string, Member>,
  changed: () => void,
): () => void {
  try {
    const { subscription, leave } = home.followRoster(followed);
    const end = follow(subscription, followed.checks, members, changed);
    return () => {
      end();
      leave();
    };
  } catch {
    return () => undefined;
  }
}

/** Keeps `members` as the roster is, and tells what changes in it from now on. */
function follow(
  subscription: Subscription,
  checks: Checks,
  members: Map<string, Member>,
  told: (change: PresenceChange<unknown>) => void,
): () => void {
  for (const [session, value] of subscription.state) {
    const member = memberOf(session, value, checks);
    if (member !== undefined) {
      members.set(session, member);
    }
  }
  return subscription.on('state', ({ key, value }) => {
    const before = members.get(key);
    const member = value && memberOf(key, value, checks);
    if (member !== undefined) {
      members.set(key, member);
      told({ kind: before === undefined ? 'joined' : 'updated', member });
    } else if (before !== undefined) {
      members.delete(key);
      told({ kind: 'left', member: before });
    }
  });
}

function memberOf(session: string, { data }: Received, checks: Checks): Member | undefined {
  const member = memberFrom(data);
  const seen = member && checks.seen('presence', member.data);
  return member && seen && { session, user: member.user, data: seen.data, sinceMs: member.sinceMs };
}

function byTime(one: Member, other: Member): number {
  return one.sinceMs - other.sinceMs || (one.session < other.session ? -1 : 1);
}
