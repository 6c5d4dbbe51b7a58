/**
 * What stands before and after each request: limits, counts, a trail of who did what.
 * In: requests whose payloads were found valid. Out: the first no, if there is one. Fails: what throws has said no; of what is told afterwards, the
 * observer hears it.
 */
import type { Refusal, TurnedAway, Visitor } from '../../ports/index.ts';
import type { AnsweredRequest } from '../application.ts';
import type { Action, AppSession, Awaitable } from './requests.ts';

/** One request, before `authorize` is asked. */
export interface Passing<User, Data = unknown> {
  readonly user: User;
  readonly session: AppSession<Data>;
  readonly action: Action;
  /** By which the client's road came, where that is known. */
  readonly address: string | undefined;
  /** Undefined for methods of no channel. */
  readonly channel: string | undefined;
  readonly pattern: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** The event, the signal, the key, or the method. */
  readonly name: string | undefined;
  /** As its schema makes it; undefined where nothing is said. */
  readonly data: unknown;
  /** As it came. */
  readonly sent: unknown;
  /** On a clock that never jumps. */
  readonly nowMs: number;
}

/** How a request ended. `subscribe` and `roster` are told when it is followed or resumed, and of history. */
export interface Passed<User, Data = unknown> extends Omit<AnsweredRequest, 'guest' | 'user'> {
  readonly user: User;
  readonly session: AppSession<Data>;
}

/** How an attempt to come in ended. */
export interface Admitted<User> {
  readonly visitor: Visitor;
  /** Undefined: turned away. */
  readonly user: User | undefined;
  /** With which word. */
  readonly refused: TurnedAway['refused'] | undefined;
}

/** Every function may be left out. */
export interface Middleware<User = { readonly id: string }, Data = unknown> {
  /** Before `authenticate`, with each token. An answer turns the visitor away. */
  readonly connect?: (visitor: Visitor, nowMs: number) => Awaitable<TurnedAway | undefined>;
  /** After `authenticate`. */
  readonly connected?: (admitted: Admitted<User>) => void;
  /** Before `authorize`, when the payload is valid. An answer is a no. Not of what goes on and is asked about again. */
  readonly before?: (request: Passing<User, Data>) => Awaitable<Refusal | undefined>;
  /** When it was answered, whoever refused it; of a signal, when it was passed on or not. Once for each `before`: with ANSWER_UNKNOWN where the client went first. */
  readonly after?: (request: Passed<User, Data>) => void;
}

/** In the order in which they were given; whoever says no is the last that is asked. */
export async function passAll<User>(
  all: readonly Middleware<User>[],
  request: Passing<User>,
): Promise<Refusal | undefined> {
  for (const { before } of all) {
    const refused: unknown = await before?.(request);
    if (refused !== undefined) {
      return isObject(refused) ? (refused as Refusal) : noWord;
    }
  }
  return undefined;
}

/** As `passAll`, before anybody knows who it is. */
export async function letNear<User>(
  all: readonly Middleware<User>[],
  visitor: Visitor,
  nowMs: number,
): Promise<TurnedAway | undefined> {
  for (const { connect } of all) {
    const refused: unknown = await connect?.(visitor, nowMs);
    if (refused !== undefined) {
      return isObject(refused) && 'refused' in refused ? (refused as TurnedAway) : nobody;
    }
  }
  return undefined;
}

// What the types do not let through may come nevertheless: no answer of a middleware is a yes, not even `true`.
const noWord: Refusal = { code: 'FORBIDDEN', message: 'this may not be' };
const nobody: TurnedAway = { refused: 'UNAUTHORISED' };

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Each is told, whatever another throws. */
export function tellAll<User>(
  all: readonly Middleware<User>[],
  tell: (one: Middleware<User>) => void,
  failed: (error: unknown) => void,
): void {
  for (const one of all) {
    try {
      tell(one);
    } catch (error) {
      failed(error);
    }
  }
}

/** A no that the client may ask again about. */
export function rateLimited(message: string, retryAfterMs: number): Refusal {
  return { code: 'RATE_LIMITED', message, retryAfterMs };
}
