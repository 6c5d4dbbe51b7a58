/**
 * What an application gave, as the program sees it when it runs: the same, without the types that only the compiler needs.
 * In: what was given for a contract. Out: the same, found complete. Fails: APP_INVALID, naming the place.
 */
import { type ChannelShape, type Contract, kindOf, named } from '../../contract/index.ts';
import type { Visitor } from '../../ports/index.ts';
import type { CallContext } from '../calls/methods.ts';
import { type ChannelOptions, rulesFrom } from '../channel/rules.ts';
import type { AnyChannel } from './app-channel.ts';
import { AppError } from './errors.ts';
import type { Middleware } from './middleware.ts';
import type { Action, Answer, AppSession } from './requests.ts';

export interface User {
  readonly id: string;
}

export interface LooseRequest {
  readonly user: User;
  readonly session: AppSession;
  readonly params: Readonly<Record<string, string>>;
  readonly channel: string;
  readonly action: Action;
  readonly name?: string;
  readonly data?: unknown;
  readonly again?: true;
}

export interface LooseContext extends Pick<CallContext, 'idempotencyKey' | 'progress'> {
  readonly user: User;
  readonly session: AppSession;
  readonly abandoned: CallContext['signal'];
  readonly into: (pattern: string, params?: Readonly<Record<string, string>>) => AnyChannel;
  /** These and what a channel has, for methods of a channel. */
  readonly params?: Readonly<Record<string, string>>;
  readonly channel?: string;
}

export type LooseHandler = (input: unknown, context: LooseContext) => unknown;
export type LooseHandlers = Readonly<Record<string, LooseHandler>>;

export interface LooseChannel {
  readonly authorize: (request: LooseRequest) => Answer;
  readonly see?: (seen: object) => boolean;
  readonly slow?: ChannelOptions['slow'];
  readonly presence?: (entering: object) => unknown;
  readonly calls?: LooseHandlers;
}

export interface Loose {
  readonly authenticate: (visitor: Visitor) => unknown;
  readonly channels: Readonly<Record<string, LooseChannel>>;
  readonly authorize?: (request: Omit<LooseRequest, 'channel' | 'params'>) => Answer;
  readonly calls?: LooseHandlers;
  readonly use: readonly Middleware<User>[];
}

/** Tables, so that a name that is misspelt is not left without effect. */
const fields = ['authenticate', 'authorize', 'calls', 'channels', 'use'];
const channelFields = ['authorize', 'calls', 'presence', 'see', 'slow'];
const middlewareFields = ['after', 'before', 'connect', 'connected'] as const;

/** @throws {AppError} `APP_INVALID`: a function is missing, or there for nothing. */
export function checked({ shape }: Contract, given: object): Loose {
  requireFields('the implementation', given, fields);
  const { use = [] } = given as Partial<Loose>;
  const loose = { ...given, use } as Loose;
  requireFunction('authenticate', loose.authenticate);
  requireSame('channels', shape.channels, loose.channels);
  for (const [pattern, channel] of Object.entries(shape.channels)) {
    checkChannel(pattern, channel, loose.channels[pattern]!);
  }
  requireSame('calls', shape.calls, loose.calls);
  requireHandlers('calls', loose.calls);
  if (shape.calls !== undefined) {
    requireFunction('authorize, of methods of no channel', loose.authorize);
  }
  if (!Array.isArray(loose.use)) {
    throw invalid('use', 'must be a list of middleware');
  }
  for (const [at, one] of loose.use.entries()) {
    checkMiddleware(`use, ${at}`, one);
  }
  return loose;
}

/** An object of a class may have fields of its own. */
function checkMiddleware(place: string, one: Middleware<User>): void {
  const isPlain = Object.getPrototypeOf(one ?? {}) === Object.prototype;
  requireFields(place, one, isPlain ? middlewareFields : Object.keys(one));
  for (const name of middlewareFields) {
    if (one[name] !== undefined) {
      requireFunction(`${place}, ${name}`, one[name]);
    }
  }
}

function checkChannel(pattern: string, shape: ChannelShape, given: LooseChannel): void {
  const place = `"${pattern}"`;
  requireFields(place, given, channelFields);
  requireFunction(`${place}, authorize`, given.authorize);
  for (const name of ['see', 'presence'] as const) {
    if (given[name] !== undefined) {
      requireFunction(`${place}, ${name}`, given[name]);
    }
  }
  if (given.presence !== undefined && shape.presence === undefined) {
    throw invalid(`${place}, presence`, 'the contract has no presence in this channel');
  }
  requireSame(`${place}, calls`, shape.calls, given.calls);
  requireHandlers(`${place}, calls`, given.calls);
  rulesFrom(() => optionsOf(shape, given))('a');
}

/** As the hub wants to be told of a channel. */
export function optionsOf(shape: ChannelShape, { slow }: LooseChannel): ChannelOptions {
  const { history } = shape;
  return {
    kind: kindOf(shape),
    ...(slow === undefined ? {} : { slow }),
    ...(history === undefined ? {} : { retain: history }),
  } as ChannelOptions;
}

function requireHandlers(place: string, handlers: LooseHandlers | undefined): void {
  for (const [name, handler] of Object.entries(handlers ?? {})) {
    requireFunction(`${place}, ${name}`, handler);
  }
}

/** Neither less than the contract nor more. */
function requireSame(place: string, wanted: object | undefined, given: object | undefined): void {
  const table = (given ?? {}) as Readonly<Record<string, unknown>>;
  const missing = Object.keys(wanted ?? {}).find((name) => named(table, name) === undefined);
  if (missing !== undefined) {
    throw invalid(place, `"${missing}" is in the contract, and not implemented`);
  }
  requireFields(place, table, Object.keys(wanted ?? {}));
}

function requireFields(place: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) {
    throw invalid(place, 'must be an object');
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid(place, `nothing is called "${unknown}" here`);
  }
}

function requireFunction(place: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw invalid(place, 'must be a function');
  }
}

function invalid(place: string, wrong: string): AppError {
  return new AppError('APP_INVALID', `${place}: ${wrong}`);
}
