/**
 * The questions of the hub, put to a contract and its implementation: which channel, which event, which method, and which schema is that?
 * In: questions, whose every word comes from a client. Out: a verdict; no for all that the contract does not have. Fails: as what the application
 * gave; the hub takes that for a no.
 */
import { type CallShape, type Contract, named } from '../../contract/index.ts';
import type { Policy, Refusal, Request, TurnedAway, Verdict, Visitor } from '../../ports/index.ts';
import { guestFrom, type InsiderGuest, insiderOf } from './insider.ts';
import { letNear, tellAll } from './middleware.ts';
import { forbidden, unknownEvent } from './payload.ts';
import type { Place, Places } from './places.ts';
import { type VerdictNeeds, verdictOn, type Wish } from './verdict.ts';

export interface JudgeNeeds extends VerdictNeeds {
  readonly contract: Contract;
  readonly places: Places;
  readonly failed: (error: unknown) => void;
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
    let answer: InsiderGuest | TurnedAway | undefined;
    try {
      answer = await this.admit(visitor);
      return answer;
    } finally {
      // Told of those, too, at whom `authenticate` threw.
      this.tellOf(visitor, answer);
    }
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
      return verdictOn(this.needs, request, undefined, wish(named(contract.shape.calls, method)));
    }
    return this.ofChannel({ ...request, channel }, ({ channel: { calls } }) =>
      wish(named(calls, method)),
    );
  }

  private async admit(visitor: Visitor): Promise<InsiderGuest | TurnedAway | undefined> {
    const { contract, loose } = this.needs;
    const away = await letNear(loose.use, visitor, this.needs.nowMs());
    return away ?? guestFrom(contract, await loose.authenticate(visitor));
  }

  private tellOf(visitor: Visitor, answer: InsiderGuest | TurnedAway | undefined): void {
    const { loose, failed } = this.needs;
    const user = answer !== undefined && 'data' in answer ? answer.data.user : undefined;
    const admitted = { visitor, user, refused: refusedBy(answer) };
    tellAll(loose.use, ({ connected }) => connected?.(admitted), failed);
  }

  private async ofChannel(
    request: Request,
    wishFor: (place: Place) => Wish | Refusal,
  ): Promise<Verdict> {
    const place = this.needs.places.find(request.channel);
    return place === undefined ? noChannel : verdictOn(this.needs, request, place, wishFor(place));
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
      session: insider.session,
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
