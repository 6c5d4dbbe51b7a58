/**
 * Several ways to be let in, one after the other.
 * In: checks, in the order in which they are tried. Out: one check. Fails: as the first one that rejected, if none after it lets the
 * visitor in; a way that is out of order is no reason to close the others.
 */
import type { TurnedAway } from '../ports/index.ts';
import { AuthError } from './auth-error.ts';
import type { Check } from './check.ts';

/**
 * The first check that lets a visitor in decides; those after it are not asked. If none does, and one says that the visitor may come back,
 * it may: later (`BUSY`) before anything else. Put cookies last: browsers send them unasked.
 * @throws {AuthError} `OPTION_INVALID`: no check was given.
 */
export function firstOf<User>(...checks: readonly Check<User>[]): Check<User> {
  if (checks.length === 0) {
    throw new AuthError('OPTION_INVALID', 'firstOf(): give at least one check');
  }
  return async (visitor) => {
    const failures: unknown[] = [];
    let away: TurnedAway | undefined;
    for (const check of checks) {
      try {
        const answer = await check(visitor);
        if (answer !== undefined && !('refused' in answer)) {
          return answer;
        }
        away = answer?.refused === 'BUSY' && away?.refused !== 'BUSY' ? answer : (away ?? answer);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
    return away;
  };
}
