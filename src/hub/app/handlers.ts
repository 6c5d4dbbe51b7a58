/**
 * The methods of a contract, as the hub calls them: by name, whatever channel they are about.
 * In: calls whose input was found valid. Out: what the handler answers, as the contract's `out` makes it. Fails: as the handler; with an answer
 * that does not fit: ANSWER_INVALID, of which the caller learns nothing but that the call failed. What it tells on the way must fit as well.
 */
import { type CallShape, type Contract, named, validate } from '../../contract/index.ts';
import type { CallContext, Methods } from '../calls/methods.ts';
import { channelFor, type Speaking } from './app-channel.ts';
import { AppError } from './errors.ts';
import { type Insider, insiderOf } from './insider.ts';
import type { Loose, LooseContext, LooseHandler } from './loose.ts';
import type { Place, Places } from './places.ts';
import type { Inputs } from './verdict.ts';

export interface HandlersNeeds extends Speaking {
  readonly contract: Contract;
  readonly loose: Loose;
  readonly places: Places;
  readonly inputs: Inputs;
}

export function methodsFor(needs: HandlersNeeds): Methods {
  const { shape } = needs.contract;
  const tables = [shape.calls, ...Object.values(shape.channels).map(({ calls }) => calls)];
  const names = new Set(tables.flatMap((calls) => Object.keys(calls ?? {})));
  return Object.fromEntries(
    [...names].map((name) => [name, (data, context) => run(needs, name, { data, context })]),
  );
}

interface Called {
  readonly data: unknown;
  readonly context: CallContext;
}

async function run(needs: HandlersNeeds, name: string, called: Called): Promise<unknown> {
  const { contract, loose, places } = needs;
  const { channel, guest } = called.context;
  const place = channel === undefined ? undefined : places.find(channel);
  const shape = named(place === undefined ? contract.shape.calls : place.channel.calls, name);
  const handler = named(place === undefined ? loose.calls : place.given.calls, name);
  const insider = insiderOf(guest);
  // The judge refuses all of these; should it be wrong, no handler of another channel runs.
  if (shape === undefined || handler === undefined || insider === undefined) {
    throw new AppError(
      'EVENT_UNKNOWN',
      `nothing is called "${name}" in ${channel ?? 'no channel'}`,
    );
  }
  if (channel !== undefined && place === undefined) {
    throw new AppError('EVENT_UNKNOWN', `the contract has no channel ${channel}`);
  }
  return answerOf(needs, { name, shape, handler, place, insider, ...called });
}

interface Running extends Called {
  readonly name: string;
  readonly shape: CallShape;
  readonly handler: LooseHandler;
  readonly place: Place | undefined;
  readonly insider: Insider;
}

async function answerOf(needs: HandlersNeeds, running: Running): Promise<unknown> {
  const { name, shape, handler } = running;
  const input = await inputOf(needs, running);
  const answer = await handler(input, contextOf(needs, running));
  const judged = await validate(shape.out, answer);
  if (!judged.ok) {
    throw new AppError('ANSWER_INVALID', `the answer of ${name} does not fit`, judged.issues);
  }
  return judged.value;
}

async function inputOf(
  { inputs }: HandlersNeeds,
  { data, shape, name }: Running,
): Promise<unknown> {
  const known = typeof data === 'object' && data !== null ? inputs.get(data) : undefined;
  if (known?.schema === shape.in) {
    return known.value;
  }
  const judged = await validate(shape.in, data);
  if (!judged.ok) {
    throw new AppError('PAYLOAD_INVALID', `the input of ${name} does not fit`, judged.issues);
  }
  return judged.value;
}

function contextOf(needs: HandlersNeeds, running: Running): LooseContext {
  const { context, place, insider } = running;
  const { user, session } = insider;
  const { idempotencyKey, signal: abandoned } = context;
  const progress = (data: unknown): Promise<void> => tell(running, data);
  const into: LooseContext['into'] = (pattern, params) =>
    channelFor(needs, needs.places.at(pattern, params), user.id);
  const common = { user, idempotencyKey, progress, session, abandoned, into };
  if (place === undefined) {
    return common;
  }
  const { params } = place;
  const { name: channel, ...said } = channelFor(needs, place, user.id);
  return { ...common, ...said, params, channel };
}

/** What goes to the caller is what was given: who calls may validate it by the same schema. */
async function tell({ name, shape, context }: Running, data: unknown): Promise<void> {
  if (shape.progress === undefined) {
    throw new AppError('EVENT_UNKNOWN', `the contract has no progress of ${name}`);
  }
  const judged = await validate(shape.progress, data);
  if (!judged.ok) {
    throw new AppError('PAYLOAD_INVALID', `the progress of ${name} does not fit`, judged.issues);
  }
  return context.progress(data);
}
