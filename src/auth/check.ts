/**
 * What the helpers here are: functions of a visitor. Nothing here does anything.
 */
import type { TurnedAway, Visitor } from '../ports/index.ts';

/** Who was let in, and until when: with a name for `user`, what `connect` of a policy answers. */
export interface Admitted<User = string> {
  readonly user: User;
  /** In milliseconds since 1970. Absent: for as long as it likes. */
  readonly expiresAtMs?: number;
  /** Given as `guest` with each question that the hub asks its policy. */
  readonly data?: unknown;
}

/** Reads a credential of a visitor. Undefined: it brought none, or none that could be one. */
export type Source = (visitor: Visitor) => string | undefined;

/**
 * Says who a visitor is. Undefined is a no for good; `refused` one for now, after which the visitor may come back with another token, or
 * later. So it can be the `connect` of a policy, and `authenticate` of a contract's.
 */
export type Check<User = string> = (
  visitor: Visitor,
) => Promise<Admitted<User> | TurnedAway | undefined>;
