/**
 * A contract, implemented: what a hub needs to know of an application, and what the server's own code says by it.
 * In: a contract, and what the application does. Out: an `App`, for one hub. Fails: APP_INVALID where something is missing; the rest where it is
 * used.
 */
import type { Contract, ParamsArgument, PatternOf } from '../../contract/index.ts';
import type { Policy, Request } from '../../ports/index.ts';
import type { AnsweredRequest, Application, ApplicationsHub } from '../application.ts';
import type { Methods } from '../calls/methods.ts';
import type { ChannelOptions } from '../channel/rules.ts';
import { type AppChannel, channelFor, type Speaking } from './app-channel.ts';
import { AppError } from './errors.ts';
import { methodsFor } from './handlers.ts';
import type { Implementing } from './implementing.ts';
import { InOrder } from './in-order.ts';
import { insiderOf } from './insider.ts';
import { Judge } from './judge.ts';
import { checked, type Loose, optionsOf } from './loose.ts';
import { tellAll } from './middleware.ts';
import { Places } from './places.ts';
import type { Inputs } from './verdict.ts';

/** Give it to `createServer` or `createHub` as `app`, to one of them, once. */
export interface App<C extends Contract = Contract> extends Application {
  readonly contract: C;
  /**
   * One channel, for the server's own code. No policy is asked; every payload is validated.
   * @throws {ContractError} `PARAMS_INVALID`
   */
  channel<P extends PatternOf<C>>(pattern: P, ...params: ParamsArgument<P>): AppChannel<C, P>;
}

/**
 * Every pattern of the contract must be there, with its `authorize`: nothing is open by default.
 * @throws {AppError} `APP_INVALID`
 */
export function implement<const C extends Contract>(
  contract: C,
  implementing: Implementing<C>,
): App<C> {
  return new OneApp(contract, checked(contract, implementing));
}

class OneApp<C extends Contract> implements App<C> {
  readonly contract: C;
  readonly policy: Policy;
  readonly methods: Methods;
  readonly member: NonNullable<Application['member']>;
  readonly entered: NonNullable<Application['entered']>;
  readonly answered?: NonNullable<Application['answered']>;
  private readonly loose: Loose;
  private readonly places: Places;
  private readonly speaking: Speaking;
  private hub: ApplicationsHub | undefined;

  constructor(contract: C, loose: Loose) {
    this.contract = contract;
    this.loose = loose;
    this.places = new Places(contract, loose);
    const { places } = this;
    const inputs: Inputs = new WeakMap();
    this.policy = new Judge({
      contract,
      loose,
      places,
      inputs,
      nowMs: () => this.bound().nowMs(),
      failed: (error) => this.bound().failed(error),
    });
    this.speaking = { hub: () => this.bound(), inOrder: new InOrder() };
    this.methods = methodsFor({ contract, loose, places, inputs, ...this.speaking });
    this.member = (entering) => this.said(entering);
    this.entered = (guest, session) => insiderOf(guest)?.enter(session);
    // Where nobody listens, nothing is kept to tell.
    if (loose.use.some(({ after }) => after !== undefined)) {
      this.answered = (request) => this.told(request);
    }
  }

  readonly channels = (name: string): ChannelOptions | undefined => {
    const place = this.places.find(name);
    return place === undefined ? undefined : optionsOf(place.channel, place.given);
  };

  readonly bind = (hub: ApplicationsHub): void => {
    if (this.hub !== undefined) {
      throw new AppError('APP_BOUND_TWICE', 'an implementation is of one hub: implement it again');
    }
    this.hub = hub;
  };

  channel<P extends PatternOf<C>>(pattern: P, ...params: ParamsArgument<P>): AppChannel<C, P> {
    const place = this.places.at(pattern, params[0]);
    return channelFor(this.speaking, place) as unknown as AppChannel<C, P>;
  }

  private bound(): ApplicationsHub {
    if (this.hub === undefined) {
      throw new AppError('APP_NOT_BOUND', 'give it to createServer, or createHub, as `app` first');
    }
    return this.hub;
  }

  private said({ guest, channel, data }: Request & { readonly data: unknown }): unknown {
    const place = this.places.find(channel);
    const insider = insiderOf(guest);
    if (place?.given.presence === undefined || insider === undefined) {
      return data;
    }
    const { params, given } = place;
    const { user, session } = insider;
    return given.presence!({ user, session, params, channel }) ?? null;
  }

  private told({ guest, ...request }: AnsweredRequest): void {
    const insider = insiderOf(guest);
    if (insider !== undefined) {
      const passed = { ...request, user: insider.user, session: insider.session };
      tellAll(
        this.loose.use,
        ({ after }) => after?.(passed),
        (error) => this.hub?.failed(error),
      );
    }
  }
}
