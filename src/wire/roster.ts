/**
 * Rosters: who is in a channel, from the keyed state that says so. Both ends use the same rules.
 * In: what is known, and entries of a roster in the order of its log. Out: who joined, changed or left. Cannot fail: what is no member is passed
 * over.
 */
import type { Member, Publication } from './vocabulary.ts';

/** By the name of the session. */
export type Roster = ReadonlyMap<string, Member>;

/** One member came, said something else of itself, or went. */
export interface RosterChange {
  readonly kind: 'joined' | 'updated' | 'left';
  readonly session: string;
  /** As it is now; of one that left, as it was. */
  readonly member: Member;
  /** When it was said, in milliseconds since 1970. Absent when nobody was there to hear it: it is missing from a snapshot. */
  readonly atMs?: number;
}

/** Brings the roster up to this entry. Undefined: nothing changed. */
export function applyEntry(
  roster: Map<string, Member>,
  { key: session, data, removed, atMs }: Publication,
): RosterChange | undefined {
  if (session === undefined) {
    return undefined;
  }
  const before = roster.get(session);
  if (removed === true) {
    roster.delete(session);
    return before === undefined ? undefined : { kind: 'left', session, member: before, atMs };
  }
  const member = memberFrom(data);
  if (member === undefined) {
    return undefined;
  }
  roster.set(session, member);
  return { kind: before === undefined ? 'joined' : 'updated', session, member, atMs };
}

/** Replaces the roster by what these entries say; what is not among them is gone. Members that are as they were are no change. */
export function applySnapshot(
  roster: Map<string, Member>,
  entries: readonly Publication[],
): RosterChange[] {
  const now = new Map<string, Member>();
  const said = new Map<string, number>();
  for (const entry of entries) {
    const change = applyEntry(now, entry);
    if (change !== undefined) {
      said.set(change.session, entry.atMs);
    }
  }
  const changes: RosterChange[] = [];
  for (const [session, member] of roster) {
    if (!now.has(session)) {
      const atMs = said.get(session);
      changes.push({ kind: 'left', session, member, ...(atMs === undefined ? {} : { atMs }) });
    }
  }
  for (const [session, member] of now) {
    const before = roster.get(session);
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(member)) {
      const kind = before === undefined ? 'joined' : 'updated';
      changes.push({ kind, session, member, atMs: said.get(session)! });
    }
  }
  roster.clear();
  for (const [session, member] of now) {
    roster.set(session, member);
  }
  return changes;
}

/** What stands in a roster, or undefined: it came over a wire. */
export function memberFrom(data: unknown): Member | undefined {
  if (typeof data !== 'object' || data === null) {
    return undefined;
  }
  const { user, data: said, sinceMs, node } = data as Record<keyof Member, unknown>;
  const isMember =
    typeof user === 'string' && typeof sinceMs === 'number' && typeof node === 'string';
  return isMember ? { user, data: said, sinceMs, node } : undefined;
}
