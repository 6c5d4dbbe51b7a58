/**
 * What an application holds: its client, with the names and types of its contract. `with-contract.ts` keeps what is promised here.
 */
import type {
  CallsOf,
  Contract,
  ParamsArgument,
  PatternOf,
  ProgressOf,
  Side,
} from '../../contract/index.ts';
import type { Client, StatusChange, SubscribeOptions } from '../index.ts';
import type { AppChannel, NameOf, TypedCallOptions } from './app-channel.ts';
import type { Invalid } from './checks.ts';
import type { Observable } from './observable.ts';

/** A client that speaks by the names and types of a contract. */
export interface AppClient<C extends Contract, S extends Side = 'input'> {
  /** The client itself, made now if nobody has needed it yet. Leave channels of the contract to `channel`: subscriptions are shared. */
  readonly client: Client;
  readonly status: Observable<StatusChange>;
  /** As `user` and `session` of the client: whom the server let in last, and which member of rosters that is. Undefined as long as there is none. */
  readonly user: string | undefined;
  readonly session: string | undefined;
  /**
   * A channel of the contract, by its pattern and, where that has any, its parameters. `options` count for the first who follows it.
   * Throws `PARAMS_INVALID`, a `ContractError`.
   */
  channel<P extends PatternOf<C>>(
    pattern: P,
    ...more: [...params: ParamsArgument<P>, options?: SubscribeOptions]
  ): AppChannel<C, P, S>;
  /** Calls a method that belongs to no channel. Rejects as `call` of the client does. */
  call<Name extends NameOf<CallsOf<C>>>(
    method: Name,
    data: CallsOf<C>[Name]['in'],
    options?: TypedCallOptions<ProgressOf<C, undefined, Name, S>>,
  ): Promise<CallsOf<C>[Name]['out']>;
  /** With the contract passed in: something came that does not fit it, and was not told. What it returns removes the listener. */
  on(name: 'invalid', listener: (invalid: Invalid) => void): () => void;
  /** Closes the client, for good. */
  close(): void;
}
