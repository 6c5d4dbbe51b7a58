/**
 * Where presence says stop.
 * In: options. Out: all of them, with their defaults. Fails: LIMIT_INVALID for what is no positive number.
 */
import { limitsOf } from '../limits-of.ts';

/** How many stand in rosters, what they say of themselves, and how long they stay when their node is gone. */
export interface PresenceLimits {
  /**
   * For how long a node counts as alive after its last sign of life, in milliseconds; it gives three in that time. Low: a node that pauses
   * loses its members for a moment. High: members of a node that died stay longer. @default 15_000
   */
  readonly leaseMs?: number;
  /** Members of one roster whose sessions are on this node. More are refused with TOO_MANY_MEMBERS. @default 1_000 */
  readonly maxMembers?: number;
  /** Of those, members of one user: so that nobody else's place is taken. More are refused with TOO_MANY_MEMBERS. @default 500 */
  readonly maxMembersPerUser?: number;
  /** Rosters in which one session may stand. More are refused with TOO_MANY_MEMBERS. @default 32 */
  readonly maxRostersOfSession?: number;
  /** What is said of one member, in bytes of JSON. More is refused with DATA_TOO_LARGE. @default 2_048 */
  readonly maxMemberBytes?: number;
}

/** The defaults of `PresenceLimits`. */
export const presenceLimitDefaults: Required<PresenceLimits> = {
  leaseMs: 15_000,
  maxMembers: 1_000,
  maxMembersPerUser: 500,
  maxRostersOfSession: 32,
  maxMemberBytes: 2_048,
};

/** @throws {HubUsageError} `LIMIT_INVALID` */
export function presenceLimits(given?: PresenceLimits): Required<PresenceLimits> {
  return limitsOf(presenceLimitDefaults, given);
}
