/**
 * A method in a component: to call it, and what came of the last call.
 * In: a channel, or the client for a method of no channel. Out: the call, whether it is under way, and its answer. Fails: with `error`.
 */
import { useCallback, useRef, useState } from 'react';
import type { CallsOf, Contract, PatternOf, ProgressOf, Side } from '../../contract/index.ts';
import type { AppChannel, AppClient, NameOf, TypedCallOptions } from '../app/index.ts';
import type { CallOptions, ClientError } from '../index.ts';
import { type Remade, useKept } from './use-observable.ts';

interface Typed {
  readonly in: unknown;
  readonly out: unknown;
}

/** What came of the last call. */
interface Outcome<Out> {
  /** It has no answer yet. */
  readonly isPending: boolean;
  /** The answer; undefined before, and when it failed. */
  readonly data: Out | undefined;
  /** Why it failed. */
  readonly error: ClientError | undefined;
}

/** A method to call, and what became of the latest call. */
export interface Calling<Method extends Typed, Progress = never> extends Outcome<Method['out']> {
  /** Always the same function. What it rejects with need not be caught: it is in `error` as well. */
  readonly call: (
    data: Method['in'],
    options?: TypedCallOptions<Progress>,
  ) => Promise<Method['out']>;
}

/** Whatever has methods, with its types taken off. */
interface Callable extends Remade {
  call(method: string, data: unknown, options?: Omit<CallOptions, 'channel'>): Promise<unknown>;
}

/** A component that goes away does not cancel what it called. Of several calls the outcome of the latest counts. */
export function useCall<
  C extends Contract,
  P extends PatternOf<C>,
  S extends Side,
  Name extends NameOf<CallsOf<C, P>>,
>(
  channel: AppChannel<C, P, S>,
  method: Name,
): Calling<CallsOf<C, P>[Name], ProgressOf<C, P, Name, S>>;
export function useCall<C extends Contract, S extends Side, Name extends NameOf<CallsOf<C>>>(
  app: AppClient<C, S>,
  method: Name,
): Calling<CallsOf<C>[Name], ProgressOf<C, undefined, Name, S>>;
export function useCall(target: object, method: string): unknown {
  const kept = useKept(target) as Callable;
  const [outcome, setOutcome] = useState<Outcome<unknown>>(nothingYet);
  const latest = useRef(0);
  const call = useCallback(
    (data: unknown, options?: Omit<CallOptions, 'channel'>) => {
      latest.current += 1;
      const mine = latest.current;
      const came = (next: Outcome<unknown>): void => {
        if (mine === latest.current) {
          setOutcome(next);
        }
      };
      came({ isPending: true, data: undefined, error: undefined });
      const calling = kept.call(method, data, options);
      calling.then(
        (answer) => came({ isPending: false, data: answer, error: undefined }),
        (error: ClientError) => came({ isPending: false, data: undefined, error }),
      );
      return calling;
    },
    [kept, method],
  );
  return { ...outcome, call } satisfies Calling<Typed>;
}

const nothingYet: Outcome<unknown> = { isPending: false, data: undefined, error: undefined };
