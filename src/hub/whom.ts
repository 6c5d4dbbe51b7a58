/**
 * Whom the policy has let in: one object for each connection, which whatever goes on for it keeps, so that a new token changes what all of them
 * ask with.
 * In: what `connect` answered. Out: how the policy is asked about that user. Cannot fail.
 */
import type { Request } from '../ports/index.ts';

export interface Whom {
  readonly user: string;
  /** What the application knows of it, as of its latest token; undefined: nothing. */
  guest: unknown;
}

/** With what every question begins. */
export function asking({ user, guest }: Whom): Pick<Request, 'user' | 'guest'> {
  return guest === undefined ? { user } : { user, guest };
}
