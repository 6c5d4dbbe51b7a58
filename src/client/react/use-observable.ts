/**
 * An observable in a component: what it is now, and rendered again when that changes.
 * In: an observable, or what has one. Out: its value, the same in all that is rendered at once. Fails: as the observable does.
 */
import { useMemo, useSyncExternalStore } from 'react';
import type { Observable } from '../app/index.ts';

/** The value. On a server, and while its page comes to life: `initial`. */
export function useObservable<Value>({ get, subscribe, initial }: Observable<Value>): Value {
  return useSyncExternalStore(subscribe, get, () => initial);
}

/** What is made anew each time that a component is rendered, and is the same nevertheless. */
export interface Remade {
  readonly app?: object;
  readonly name?: string;
}

/** The first of those that are the same channel of the same client. */
export function useKept<Kept extends Remade>(remade: Kept): Kept {
  const { app = remade, name } = remade;
  // oxlint-disable-next-line exhaustive-deps -- what it is stands in these two.
  return useMemo(() => remade, [app, name]);
}
