/**
 * A client with the names and types of a contract, of which nothing is needed when it runs: `typeof app` is enough.
 * In: a client, or how to make one when it is first needed; for validation the contract itself. Out: typed channels. Fails: as the client does.
 */

import type { Contract } from '../../contract/index.ts';
import { channelName } from '../../ground/pattern.ts';
import type { CallOptions, Client, StatusChange, SubscribeOptions } from '../index.ts';
import type { AppClient } from './app-client.ts';
import { type Checked, type Checks, checksOf, heardBy, type Invalid, noChecks } from './checks.ts';
import { Home } from './home.ts';
import type { Observable } from './observable.ts';
import { TypedChannel } from './typed-channel.ts';
import { connecting, statusBefore, watchStatus } from './watch-status.ts';

/** With a contract at hand, a client validates by it. */
export interface ContractOptions<C extends Contract> {
  /**
   * The contract itself, with its schemas: what is said is validated before it is sent, and what comes before it is told, which then is what
   * the schemas make of it. The server validates in any case. @default none: nothing is looked at, and schemas need not be in the page
   */
  readonly contract: C;
}

/** A client that is not there yet is made when something needs it: never by what only renders a page, such as on a server. */
export function withContract<C extends Contract>(
  client: Client | (() => Client),
): AppClient<C, 'input'>;
export function withContract<C extends Contract>(
  client: Client | (() => Client),
  options: ContractOptions<C>,
): AppClient<C, 'output'>;
export function withContract(
  client: Client | (() => Client),
  options?: ContractOptions<Contract>,
): unknown {
  return new TypedClient(new Home(client), options?.contract);
}

type InvalidListener = (invalid: Invalid) => void;

class TypedClient {
  readonly status: Observable<StatusChange>;
  readonly #home: Home;
  readonly #contract: Contract | undefined;
  readonly #listeners = new Set<{ readonly listener: InvalidListener }>();

  constructor(home: Home, contract: Contract | undefined) {
    this.#home = home;
    this.#contract = contract;
    const start = watchStatus(() => home.client);
    this.status = home.observables.observe('', connecting, start, statusBefore(home));
  }

  get client(): Client {
    return this.#home.client;
  }

  get user(): string | undefined {
    return this.#home.known?.user;
  }

  get session(): string | undefined {
    return this.#home.known?.session;
  }

  channel(
    pattern: string,
    params: Readonly<Record<string, string>> = {},
    options?: SubscribeOptions,
  ): TypedChannel {
    const name = channelName(pattern, params);
    const checks = this.#checksOf({ pattern, channel: name });
    return new TypedChannel(this.#home, { name, pattern, params }, { app: this, checks, options });
  }

  async call(method: string, data: unknown, options?: CallOptions): Promise<unknown> {
    const checks = this.#checksOf({ pattern: undefined, channel: '' });
    checks.given('calls', data, method);
    return this.#home.client.call(method, data, heardBy(checks, method, options));
  }

  on(_name: 'invalid', listener: InvalidListener): () => void {
    const added = { listener };
    this.#listeners.add(added);
    return () => {
      this.#listeners.delete(added);
    };
  }

  /** What nobody has needed is not made to be closed. */
  close(): void {
    this.#home.known?.close();
  }

  #checksOf(checked: Checked): Checks {
    return this.#contract === undefined
      ? noChecks
      : checksOf(this.#contract, checked, (invalid) => this.#tell(invalid));
  }

  #tell(invalid: Invalid): void {
    for (const { listener } of this.#listeners) {
      // Each by itself: what one throws is nobody else's.
      queueMicrotask(() => listener(invalid));
    }
  }
}
