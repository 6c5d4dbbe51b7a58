/**
 * Several ways to be let in, one after the other.
 * In: checks, in the order in which they are tried. Out: one check. Fails: as the first one that failed, if none after it lets the
 * visitor in; a way that is out of order is no reason to close the others.
 */
import { AuthError } from './auth-error.ts';
import type { Admitted, Caller, Check } from './caller.ts';

/**
 * The first check that lets a visitor in decides; those after it are not asked. Put cookies last: browsers send them unasked.
 * @throws {AuthError} `OPTION_INVALID`: no check was given.
 */
export function firstOf<User>(...checks: readonly Check<User>[]): Check<User> {
  if (checks.length === 0) {
    throw new AuthError('OPTION_INVALID', 'firstOf(): give at least one check');
  }
  return async (visitor: Caller): Promise<Admitted<User> | undefined> => {
    const failures: unknown[] = [];
    for (const check of checks) {
      try {
        const admitted = await check(visitor);
        if (admitted !== undefined) {
          return admitted;
        }
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
    return undefined;
  };
}
