/**
 * Limits as a user gives them: some of them, and the rest by default.
 * In: defaults, and what is given. Out: all of them. Fails: LIMIT_INVALID for what is no number, or less than it may be.
 */
import { HubUsageError } from './usage-error.ts';

type Limits<Name extends string> = { readonly [Each in Name]?: number };

/**
 * @param least Of those that are more than 1 at the least.
 * @throws {HubUsageError} `LIMIT_INVALID`
 */
export function limitsOf<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  given: Limits<Name> = {},
  least: Limits<Name> = {},
): Record<Name, number> {
  const limits: Record<Name, number> = { ...defaults };
  for (const name of Object.keys(defaults) as Name[]) {
    const value: unknown = given[name] ?? defaults[name];
    // Turned round, so that NaN is refused too.
    if (typeof value !== 'number' || !(value >= (least[name] ?? 1))) {
      throw new HubUsageError('LIMIT_INVALID', `${name} is too small: ${String(value)}`);
    }
    limits[name] = value;
  }
  return limits;
}
