/**
 * What a contract and its implementation answer to each question of the hub: known? valid? let pass by the middleware? and then `authorize`.
 * In: questions, whose every word comes from a client. Out: yes only where `authorize` said a plain `true`. Fails: as what the application gave;
 * the hub takes that for a no.
 */
import { type CallShape, type Contract, named, type Schema } from '../../contract/index.ts';
import type { Policy, Refusal, Request, TurnedAway, Verdict, Visitor } from '../../ports/index.ts';
import { AppError } from './errors.ts';
import { guestFrom, type InsiderGuest, insiderOf } from './insider.ts';
import type { Loose, LooseRequest } from './loose.ts';
import { letNear, passAll, tellAll } from './middleware.ts';
import { forbidden, payloadOf, unknownEvent } from './payload.ts';
import type { Place, Places } from './places.ts';
import type { Action } from './requests.ts';

export interface JudgeNeeds {
  readonly contract: Contract;
  readonly loose: Loose;
  readonly places: Places;
  /** What the schema made of the input of a call, by that input: validated once, for `authorize` and for the handler. */
  readonly inputs: WeakMap<object, unknown>;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
}

type Asked = Omit<Request, 'channel'>;

/** What somebody wants. With a schema, the data must fit it. */
interface Wish {
  readonly action: Action;
  readonly name?: string;
  readonly schema?: Schema;
  readonly sent?: unknown;
}

const noChannel = forbidden('the contract has no such channel');
const noRoster = forbidden('the contract has no presence in this channel');
const noMethod = forbidden('the contract has no such method here');

export class Judge implements Policy {
  readonly see?: NonNullable<Policy['see']>;
  private readonly needs: JudgeNeeds;

  constructor(needs: JudgeNeeds) {
    this.needs = needs;
    // Where nobody filters, the hub need not ask.
    if (Object.values(needs.loose.channels).some(({ see }) => see !== undefined)) {
      this.see = (request) => this.sees(request);
    }
  }

  async connect(visitor: Visitor): Promise<InsiderGuest | TurnedAway | undefined> {
    const { loose, failed } = this.needs;
    const answer = await this.admit(visitor);
    const admitted = {
      visitor,
      user: answer !== undefined && 'data' in answer ? answer.data.user : undefined,
      refused: refusedBy(answer),
    };
    tellAll(loose.use, ({ connected }) => connected?.(admitted), failed);
    return answer;
  }

  subscribe(request: Request): Promise<Verdict> {
    return this.ofChannel(request, () => ({ action: 'subscribe' }));
  }

  publish(request: Parameters<NonNullable<Policy['publish']>>[0]): Promise<Verdict> {
    const { data: sent, event, key, removed } = request;
    return this.ofChannel(request, ({ channel: { events, state } }) => {
      if (state !== undefined && event === undefined) {
        const keyed = key === undefined ? {} : { name: key };
        return removed === true
          ? { action: 'remove', ...keyed }
          : { action: 'set', ...keyed, schema: state, sent };
      }
      const schema = event === undefined ? undefined : named(events, event);
      return schema === undefined
        ? unknownEvent('event', event)
        : { action: 'publish', name: event!, schema, sent };
    });
  }

  signal(request: Parameters<NonNullable<Policy['signal']>>[0]): Promise<Verdict> {
    const { data: sent, event } = request;
    return this.ofChannel(request, ({ channel: { signals } }) => {
      const schema = event === undefined ? undefined : named(signals, event);
      return schema === undefined
        ? unknownEvent('signal', event)
        : { action: 'signal', name: event!, schema, sent };
    });
  }

  enter(request: Request & { readonly data: unknown }): Promise<Verdict> {
    const { data: sent } = request;
    return this.ofChannel(request, ({ channel: { presence: schema } }) =>
      schema === undefined ? noRoster : { action: 'enter', schema, sent },
    );
  }

  roster(request: Request): Promise<Verdict> {
    return this.ofChannel(request, ({ channel: { presence } }) =>
      presence === undefined ? noRoster : { action: 'roster' },
    );
  }

  async call(request: Parameters<NonNullable<Policy['call']>>[0]): Promise<Verdict> {
    const { channel, method, data: sent } = request;
    const wish = (shape: CallShape | undefined): Wish | Refusal =>
      shape === undefined ? noMethod : { action: 'call', name: method, schema: shape.in, sent };
    if (channel === undefined) {
      const { contract } = this.needs;
      return this.decide(request, undefined, wish(named(contract.shape.calls, method)));
    }
    return this.ofChannel({ ...request, channel }, ({ channel: { calls } }) =>
      wish(named(calls, method)),
    );
  }

  private async admit(visitor: Visitor): Promise<InsiderGuest | TurnedAway | undefined> {
    const { contract, loose } = this.needs;
    const away = await letNear(loose.use, visitor, this.needs.nowMs());
    return away ?? guestFrom(contract, await loose.authenticate(visitor), visitor);
  }

  private async ofChannel(
    request: Request,
    wishFor: (place: Place) => Wish | Refusal,
  ): Promise<Verdict> {
    const place = this.needs.places.find(request.channel);
    return place === undefined ? noChannel : this.decide(request, place, wishFor(place));
  }

  private async decide(
    { guest, again }: Asked,
    place: Place | undefined,
    wish: Wish | Refusal,
  ): Promise<Verdict> {
    const insider = insiderOf(guest);
    if (insider === undefined) {
      return false;
    }
    if ('code' in wish) {
      return wish;
    }
    const payload = await this.payload(place, wish, again === true);
    if (payload.refused !== undefined) {
      return payload.refused;
    }
    const { value: data } = payload;
    const { user, address } = insider;
    const { action, name, sent } = wish;
    if (again !== true) {
      const { loose, nowMs } = this.needs;
      const where = {
        channel: place?.name,
        pattern: place?.pattern,
        params: place?.params ?? {},
      };
      const passing = { user, address, action, name, data, sent, ...where, nowMs: nowMs() };
      const refused = await passAll(loose.use, passing);
      if (refused !== undefined) {
        return refused;
      }
    }
    const request = {
      user,
      action,
      ...(name === undefined ? {} : { name }),
      ...(data === undefined ? {} : { data }),
      ...(again === true ? { again } : {}),
    };
    return this.authorize(place, request);
  }

  private async authorize(
    place: Place | undefined,
    request: Omit<LooseRequest, 'channel' | 'params'>,
  ): Promise<Verdict> {
    if (place === undefined) {
      return (await this.needs.loose.authorize?.(request)) ?? false;
    }
    const { given, params, name: channel } = place;
    return given.authorize({ ...request, params, channel });
  }

  /** What goes on was valid when it began. */
  private async payload(
    place: Place | undefined,
    { action, schema, sent }: Wish,
    isAgain: boolean,
  ): ReturnType<typeof payloadOf> {
    if (schema === undefined || isAgain) {
      return { value: sent };
    }
    const payload = await payloadOf(schema, sent);
    if (payload.refused === undefined && action === 'call' && isObject(sent)) {
      this.needs.inputs.set(sent, payload.value);
    }
    if (payload.refused !== undefined && action === 'enter' && place?.given.presence) {
      // It is not the client that is wrong.
      throw new AppError(
        'MEMBER_INVALID',
        `the roster of ${place.name}: ${payload.refused.message}`,
      );
    }
    return payload;
  }

  private sees({
    guest,
    channel,
    event,
    ...seen
  }: Parameters<NonNullable<Policy['see']>>[0]): boolean {
    const place = this.needs.places.find(channel);
    const insider = insiderOf(guest);
    if (place === undefined || insider === undefined) {
      return false;
    }
    const { data, key, removed, by } = seen;
    const { given, params } = place;
    if (given.see === undefined) {
      return true;
    }
    const isSeen: unknown = given.see({
      user: insider.user,
      params,
      channel,
      data,
      ...(event === undefined ? {} : { name: event }),
      ...(key === undefined ? {} : { key }),
      ...(removed === undefined ? {} : { removed }),
      ...(by === undefined ? {} : { by }),
    });
    return isSeen === true;
  }
}

function refusedBy(
  answer: InsiderGuest | TurnedAway | undefined,
): TurnedAway['refused'] | undefined {
  if (answer === undefined) {
    return 'UNAUTHORISED';
  }
  return 'refused' in answer ? answer.refused : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
