/**
 * Whom `authenticate` let in, as each question of the hub carries it.
 * In: what `authenticate` said, and then the session by which it is in. Out: a guest of the hub's, or why not. Fails: USER_INVALID and
 * SESSION_INVALID, for a user or a session that is none by the contract: the application's own fault, which the observer hears and which lets
 * nobody in.
 */
import { type Contract, type Schema, validate } from '../../contract/index.ts';
import type { Guest, TurnedAway } from '../../ports/index.ts';
import { messageLimits } from '../../wire/index.ts';
import type { ClientSession } from '../application.ts';
import { AppError } from './errors.ts';
import type { User } from './loose.ts';
import type { AppSession } from './requests.ts';

/** As `authenticate` said it, and its schema made it. */
type Said = Pick<AppSession, 'data' | 'expiresAtMs'>;

export class Insider {
  readonly user: User;
  private readonly said: Said;
  private entered: AppSession | undefined;

  constructor(user: User, said: Said) {
    this.user = user;
    this.said = said;
  }

  /** Of whom nobody has said that it is in, nothing is asked; whatever asks all the same has no answer. */
  get session(): AppSession {
    if (this.entered === undefined) {
      throw new Error('whoever asks for this client has not let it in');
    }
    return this.entered;
  }

  /** The hub has let it in. */
  enter(session: ClientSession): void {
    this.entered = { ...session, ...this.said };
  }
}

/** What the hub gives back with each question. Undefined: it did not come by `connect`. */
export function insiderOf(guest: unknown): Insider | undefined {
  return guest instanceof Insider ? guest : undefined;
}

export interface InsiderGuest extends Guest {
  readonly data: Insider;
}

/** @throws {AppError} `USER_INVALID`, `SESSION_INVALID` */
export async function guestFrom(
  { shape }: Contract,
  answer: unknown,
): Promise<InsiderGuest | TurnedAway | undefined> {
  if (answer === undefined || answer === null) {
    return undefined;
  }
  const { refused, admission } = read(answer);
  if (refused !== undefined) {
    return refused;
  }
  const { user: given, expiresAtMs, session } = admission;
  const user = await userOf(shape.user, given);
  if (given === answer && isEndLost(given, shape.user === undefined ? {} : user)) {
    throw new AppError('USER_INVALID', 'with expiresAtMs, answer with { user, expiresAtMs }');
  }
  const said = { data: await dataOf(shape.session, session), expiresAtMs };
  return {
    user: user.id,
    data: new Insider(user, said),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

async function userOf(schema: Schema | undefined, given: unknown): Promise<User> {
  const judged = schema === undefined ? undefined : await validate(schema, given);
  if (judged?.ok === false) {
    throw new AppError('USER_INVALID', 'the user does not fit the contract', judged.issues);
  }
  const user = (judged === undefined ? given : judged.value) as Partial<User>;
  const { id } = user;
  if (typeof id !== 'string' || id === '' || id.length > messageLimits.userLength) {
    const wrong = `the id of a user has 1 to ${messageLimits.userLength} characters`;
    throw new AppError('USER_INVALID', wrong);
  }
  return user as User;
}

async function dataOf(schema: Schema | undefined, given: unknown): Promise<unknown> {
  if (schema === undefined) {
    if (given !== undefined) {
      throw new AppError('SESSION_INVALID', 'the contract has no `session`');
    }
    return undefined;
  }
  const judged = await validate(schema, given);
  if (!judged.ok) {
    throw new AppError('SESSION_INVALID', 'the session does not fit the contract', judged.issues);
  }
  return judged.value;
}

/** As the types of the application promise it. */
interface Admission {
  readonly user: unknown;
  readonly session?: unknown;
  readonly expiresAtMs?: number;
}

/** As a field of the user it would end nothing; there it may be where the contract says so. */
function isEndLost(given: object, made: object): boolean {
  return 'expiresAtMs' in given && given.expiresAtMs !== undefined && !('expiresAtMs' in made);
}

type Read =
  | { readonly refused: TurnedAway; readonly admission?: undefined }
  | { readonly refused?: undefined; readonly admission: Admission };

/** A user has an `id`; the other two answers have none. */
function read(answer: unknown): Read {
  if (typeof answer !== 'object' || answer === null) {
    throw new AppError('USER_INVALID', `authenticate answered with a ${typeof answer}`);
  }
  if ('id' in answer) {
    return { admission: { user: answer } };
  }
  if ('refused' in answer) {
    return { refused: answer as TurnedAway };
  }
  const admission = answer as Admission;
  if (typeof admission.user !== 'object' || admission.user === null) {
    throw new AppError('USER_INVALID', 'authenticate answered with neither a user nor a no');
  }
  return { admission };
}
