/**
 * Whom `authenticate` let in, as each question of the hub carries it.
 * In: what `authenticate` said. Out: a guest of the hub's, or why not. Fails: USER_INVALID, for a user that is none by the contract: the
 * application's own fault, which the observer hears and which lets nobody in.
 */
import { type Contract, validate } from '../../contract/index.ts';
import type { Guest, TurnedAway, Visitor } from '../../ports/index.ts';
import { messageLimits } from '../../wire/index.ts';
import { AppError } from './errors.ts';
import type { Admission } from './implementing.ts';
import type { User } from './loose.ts';

export class Insider {
  readonly user: User;
  readonly address: string | undefined;

  constructor(user: User, address: string | undefined) {
    this.user = user;
    this.address = address;
  }
}

/** What the hub gives back with each question. Undefined: it did not come by `connect`. */
export function insiderOf(guest: unknown): Insider | undefined {
  return guest instanceof Insider ? guest : undefined;
}

export interface InsiderGuest extends Guest {
  readonly data: Insider;
}

/** @throws {AppError} `USER_INVALID` */
export async function guestFrom(
  { shape }: Contract,
  answer: unknown,
  { address }: Visitor,
): Promise<InsiderGuest | TurnedAway | undefined> {
  if (answer === undefined || answer === null) {
    return undefined;
  }
  const { refused, admission } = read(answer);
  if (refused !== undefined) {
    return refused;
  }
  const { user: said, expiresAtMs } = admission;
  const judged = shape.user === undefined ? undefined : await validate(shape.user, said);
  if (judged?.ok === false) {
    throw new AppError('USER_INVALID', 'the user does not fit the contract', judged.issues);
  }
  const user = (judged === undefined ? said : judged.value) as Partial<User>;
  if (said === answer && isEndLost(said, judged?.value)) {
    throw new AppError('USER_INVALID', 'with expiresAtMs, answer with { user, expiresAtMs }');
  }
  const { id } = user;
  if (typeof id !== 'string' || id === '' || id.length > messageLimits.userLength) {
    const wrong = `the id of a user has 1 to ${messageLimits.userLength} characters`;
    throw new AppError('USER_INVALID', wrong);
  }
  const data = new Insider(user as User, address);
  return { user: id, data, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}

/** As a field of the user it would end nothing; there it may be where the contract says so. */
function isEndLost(said: object, judged: unknown): boolean {
  const { expiresAtMs } = said as Partial<Admission<User>>;
  return (
    expiresAtMs !== undefined &&
    !(typeof judged === 'object' && judged !== null && 'expiresAtMs' in judged)
  );
}

type Read =
  | { readonly refused: TurnedAway; readonly admission?: undefined }
  | { readonly refused?: undefined; readonly admission: Admission<object> };

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
  const admission = answer as Admission<object>;
  if (typeof admission.user !== 'object' || admission.user === null) {
    throw new AppError('USER_INVALID', 'authenticate answered with neither a user nor a no');
  }
  return { admission };
}
