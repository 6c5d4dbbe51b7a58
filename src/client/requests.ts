/**
 * What the application asked for and awaits, but for publishes: pages of history, calls, standing in rosters, new tokens.
 * In: a message to send and its answer. Out: a promise. Fails: with a `ClientError` that says whether asking again does no harm.
 */
import type { Cancel } from '../ground/clock.ts';
import type {
  Checks,
  ClientMessage,
  ErrorCode,
  Of,
  Refused,
  ServerMessage,
  Welcome,
} from '../wire/index.ts';
import { copied } from './encode.ts';
import { ClientError, refusal } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';

type Expected = 'historyPage' | 'entered' | 'renewed' | 'reply';
type Answer = Of<ServerMessage, Expected>;

export interface AskOptions {
  /**
   * When the connection is lost before the answer. `never`: it is rejected. `always`: it is asked again by the next. `inSession`: the
   * same, if the session goes on; if not, nobody knows what became of it.
   */
  readonly again?: 'never' | 'always' | 'inSession';
  /** From now until the answer, in milliseconds. Without it `replyWithinMs`, for the connection and again for the answer. */
  readonly withinMs?: number;
  /** By which a server reads it. */
  readonly rows: Partial<Checks<ClientMessage>>;
  /** Told the id, before anything is sent. */
  readonly onId?: (id: number) => void;
}

interface Request {
  readonly expects: Expected;
  readonly message: ClientMessage;
  readonly options: AskOptions;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ClientError) => void;
  cancel: Cancel;
  /** Under way on the present connection. */
  sent: boolean;
  /** On how many connections, this one among them. */
  sendings: number;
}

/** By these a server says that it did not begin a call. It cannot speak for another, by which the same call went before. */
const notBegun: readonly ErrorCode[] = [
  'BROKER_UNAVAILABLE',
  'CHANNEL_INVALID',
  'EVENT_UNKNOWN',
  'FORBIDDEN',
  'METHOD_UNKNOWN',
  'PAYLOAD_INVALID',
  'RATE_LIMITED',
  'TOO_MANY_REQUESTS',
];

/** Made by the first who asks, and gone with the client. */
const known = new WeakMap<Parts, Requests>();

/** Those of this client: all features that ask share the window and `maxPending`. */
export function requestsOf(parts: Parts): Requests {
  const requests = known.get(parts) ?? new Requests(parts);
  known.set(parts, requests);
  return requests;
}

/** Made without a connection, a request waits for one; `maxPending` bounds both kinds together. */
export class Requests implements Feature {
  readonly #parts: Parts;
  // By id, in the order in which they were made, which is the order in which they are sent.
  readonly #waiting = new Map<number, Request>();
  #line: Line | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.add(this);
  }

  async ask<Type extends Expected>(
    expects: Type,
    make: (id: number) => ClientMessage,
    options: AskOptions,
  ): Promise<Of<ServerMessage, Type>> {
    const { maxPending } = this.#parts.settings;
    if (this.#waiting.size >= maxPending) {
      throw new ClientError('TOO_MANY_PENDING', `${maxPending} requests await an answer`, true);
    }
    const id = this.#parts.nextId();
    const { message } = copied(make(id), options.rows);
    options.onId?.(id);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        expects,
        message,
        options,
        // The answer is taken only if it has the expected type: see `answered`.
        resolve: resolve as (answer: Answer) => void,
        reject,
        cancel: this.#deadline(id, options.withinMs),
        sent: false,
        sendings: 0,
      });
      this.freed();
    });
  }

  /** There is a connection: what waits for one is sent, as far as the window allows. */
  opened({ resumed }: Welcome, line: Line): void {
    this.#line = line;
    for (const [id, request] of this.#waiting) {
      if (!resumed && isInDoubt(request)) {
        this.#fail(
          id,
          new ClientError('CONNECTION_LOST', 'the session was lost before the answer'),
        );
      }
    }
    this.freed();
  }

  /** The connection is gone, and with it every answer that was still to come. In a handover another is there already. */
  lost(isHandover: boolean): void {
    this.#line = undefined;
    for (const [id, request] of this.#waiting) {
      if (request.sent && !isHandover && (request.options.again ?? 'never') === 'never') {
        const why = 'the connection was lost before the answer';
        this.#fail(id, new ClientError('CONNECTION_LOST', why, true));
      }
      request.sent = false;
    }
  }

  /** There will be no other connection. */
  closed(): void {
    this.lost(false);
    for (const id of this.#waiting.keys()) {
      this.#fail(id, new ClientError('CLIENT_CLOSED', 'the client is closed'));
    }
  }

  awaits(id: number): boolean {
    return this.#waiting.has(id);
  }

  received(message: Business): boolean {
    // Many have no id, and then it is nobody's.
    const { id, type } = message as Answer | Refused;
    if (type !== 'error' && this.#waiting.get(id)?.expects !== type) {
      return false;
    }
    const request = this.#take(id);
    if (type === 'error') {
      request?.reject(refused(request, message as Refused));
    } else {
      request?.resolve(message as Answer);
    }
    return request !== undefined;
  }

  /** Nobody waits for it any more; the server is told if it may be at work. */
  drop(id: number, error: ClientError): void {
    if (this.#fail(id, error)?.sent) {
      this.#line?.send({ type: 'cancel', id });
    }
  }

  freed(): void {
    for (const [id, request] of this.#waiting) {
      if (this.#line === undefined || !this.#parts.window.isOpen) {
        return;
      }
      if (!request.sent) {
        request.sent = true;
        request.sendings += 1;
        if (request.options.withinMs === undefined) {
          request.cancel();
          request.cancel = this.#deadline(id);
        }
        this.#parts.window.take();
        this.#line.send(request.message);
      }
    }
  }

  #deadline(id: number, withinMs: number = this.#parts.settings.replyWithinMs): Cancel {
    return this.#parts.settings.clock.after(withinMs, () =>
      this.drop(
        id,
        (this.#waiting.get(id)?.sendings ?? 0) > 0
          ? new ClientError('REPLY_TOO_LATE', 'the server did not answer in time', true)
          : new ClientError('NOT_CONNECTED', 'there was no connection to send this by', true),
      ),
    );
  }

  /** Of what is not to be repeated and may have arrived, nobody knows what became. */
  #fail(id: number, error: ClientError): Request | undefined {
    const request = this.#take(id);
    const isUnknown =
      request !== undefined && isInDoubt(request) && error.code !== 'CALL_CANCELLED';
    request?.reject(isUnknown ? unknown(error.message) : error);
    return request;
  }

  #take(id: number): Request | undefined {
    const request = this.#waiting.get(id);
    if (request !== undefined) {
      this.#waiting.delete(id);
      request.cancel();
      if (request.sent) {
        this.#parts.window.give();
      }
    }
    return request;
  }
}

function refused(request: Request, message: Refused): ClientError {
  const isAnothers = request.sendings > 1 && isInDoubt(request) && notBegun.includes(message.code);
  return isAnothers
    ? unknown(`it was sent before, and now the server says ${message.code}`)
    : refusal(message);
}

function unknown(why: string): ClientError {
  return new ClientError('OUTCOME_UNKNOWN', `${why}: it may have been done, or not`);
}

function isInDoubt({ sendings, options }: Request): boolean {
  return sendings > 0 && options.again === 'inSession';
}
