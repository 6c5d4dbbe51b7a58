/**
 * How it stands with the connection, or with one channel, in a component.
 * In: the client of `withContract`, or a channel. Out: the latest change. Cannot fail.
 */
import type { Observable } from '../app/index.ts';
import { type Remade, useKept, useObservable } from './use-observable.ts';

/** Of a client: `connecting`, `connected`, `waiting`, `closed`. Of a channel it follows that, to know. */
export function useStatus<Change>(of: Remade & { readonly status: Observable<Change> }): Change {
  return useObservable(useKept(of).status);
}
