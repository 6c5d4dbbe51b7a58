/**
 * The verdict on what somebody wants: valid? let pass by the middleware? and then `authorize`.
 * In: a user, a place, and a wish. Out: yes only where `authorize` said a plain `true`. Fails: as what the application gave.
 */
import type { Schema } from '../../contract/index.ts';
import type { Refusal, Request, Verdict } from '../../ports/index.ts';
import { AppError } from './errors.ts';
import { type Insider, insiderOf } from './insider.ts';
import type { Loose, LooseRequest } from './loose.ts';
import { passAll } from './middleware.ts';
import { type Payload, payloadOf } from './payload.ts';
import type { Place } from './places.ts';
import type { Action } from './requests.ts';

export interface VerdictNeeds {
  readonly loose: Loose;
  readonly inputs: Inputs;
  readonly nowMs: () => number;
}

/** What schemas made of the inputs of calls, by those inputs: asked once, for `authorize` and for the handler. */
export type Inputs = WeakMap<object, { readonly schema: Schema; readonly value: unknown }>;

/** What somebody wants. With a schema, what was sent must fit it. */
export interface Wish {
  readonly action: Action;
  readonly name?: string;
  readonly schema?: Schema;
  readonly sent?: unknown;
}

/** Undefined for the place: a method of no channel. A refusal for a wish: the contract has nothing of the kind. */
export async function verdictOn(
  needs: VerdictNeeds,
  { guest, again }: Omit<Request, 'channel'>,
  place: Place | undefined,
  wish: Wish | Refusal,
): Promise<Verdict> {
  const insider = insiderOf(guest);
  if (insider === undefined || 'code' in wish) {
    return insider === undefined ? false : (wish as Refusal);
  }
  const { user, session } = insider;
  const { action, name } = wish;
  if (again === true) {
    // What goes on was valid when it began, and was counted.
    const sent = said(name, await madeOf(wish));
    return authorize(needs, place, { user, session, action, ...sent, again });
  }
  const payload = await payloadIn(needs, place, wish);
  if (payload.refused !== undefined) {
    return payload.refused;
  }
  const { value } = payload;
  const refused = await pass(needs, insider, place, { ...wish, value });
  return refused ?? authorize(needs, place, { user, session, action, ...said(name, value) });
}

function said(
  name: string | undefined,
  data: unknown,
): { readonly name?: string; readonly data?: unknown } {
  return { ...(name === undefined ? {} : { name }), ...(data === undefined ? {} : { data }) };
}

/** What goes on, as its schema makes it; where that has changed its mind since, as it was sent. */
async function madeOf({ schema, sent }: Wish): Promise<unknown> {
  const payload = schema === undefined ? undefined : await payloadOf(schema, sent);
  return payload !== undefined && 'value' in payload ? payload.value : sent;
}

async function payloadIn(
  { inputs }: VerdictNeeds,
  place: Place | undefined,
  { action, schema, sent }: Wish,
): Promise<Payload> {
  if (schema === undefined) {
    return { value: undefined };
  }
  const payload = await payloadOf(schema, sent);
  if (payload.refused === undefined) {
    if (action === 'call' && typeof sent === 'object' && sent !== null) {
      inputs.set(sent, { schema, value: payload.value });
    }
  } else if (action === 'enter' && place?.given.presence !== undefined) {
    // It is not the client that is wrong.
    const { message } = payload.refused;
    throw new AppError('MEMBER_INVALID', `the roster of ${place.name}: ${message}`);
  }
  return payload;
}

function pass(
  { loose, nowMs }: VerdictNeeds,
  { user, session }: Insider,
  place: Place | undefined,
  { action, name, sent, value: data }: Wish & { readonly value: unknown },
): Promise<Refusal | undefined> {
  return passAll(loose.use, {
    user,
    session,
    address: session.address,
    action,
    name,
    data,
    sent,
    channel: place?.name,
    pattern: place?.pattern,
    params: place?.params ?? {},
    nowMs: nowMs(),
  });
}

async function authorize(
  { loose }: VerdictNeeds,
  place: Place | undefined,
  request: Omit<LooseRequest, 'channel' | 'params'>,
): Promise<Verdict> {
  if (place === undefined) {
    return (await loose.authorize?.(request)) ?? false;
  }
  const { given, params, name: channel } = place;
  return given.authorize({ ...request, params, channel });
}
