/**
 * What the application asked for and awaits, but for publishes: pages of history, calls, standing in rosters, new tokens.
 * In: a message to send and its answer. Out: a promise. Fails: with a `ClientError` that says whether asking again does no harm.
 */
import type { Cancel } from '../ground/clock.ts';
import type {
  ClientMessage,
  ErrorCode,
  Of,
  Progress,
  Refused,
  ServerMessage,
} from '../wire/index.ts';
import { copied } from './encode.ts';
import { ClientError, refusal } from './errors.ts';
import type { Settings } from './options.ts';
import type { Window } from './window.ts';

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
  readonly onProgress?: (message: Progress) => void;
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
  /** On an earlier one, too. */
  everSent: boolean;
  /** On an earlier one, besides the present one. */
  isRepeated: boolean;
}

/** By these a server says that it did not begin a call. It cannot speak for another, by which the same call went before. */
const notBegun: readonly ErrorCode[] = [
  'BROKER_UNAVAILABLE',
  'FORBIDDEN',
  'METHOD_UNKNOWN',
  'TOO_MANY_REQUESTS',
];

/** Made without a connection, a request waits for one; `maxPending` bounds both kinds together. */
export class Requests {
  private readonly settings: Settings;
  private readonly nextId: () => number;
  private readonly window: Window;
  // By id, in the order in which they were made, which is the order in which they are sent.
  private readonly waiting = new Map<number, Request>();
  private send: ((message: ClientMessage) => void) | undefined;

  constructor(settings: Settings, nextId: () => number, window: Window) {
    this.settings = settings;
    this.nextId = nextId;
    this.window = window;
  }

  async ask<Type extends Expected>(
    expects: Type,
    make: (id: number) => ClientMessage,
    options: AskOptions = {},
  ): Promise<Of<ServerMessage, Type>> {
    const { maxPending } = this.settings;
    if (this.waiting.size >= maxPending) {
      throw new ClientError('TOO_MANY_PENDING', `${maxPending} requests await an answer`, true);
    }
    const id = this.nextId();
    const { message } = copied(make(id));
    options.onId?.(id);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {
        expects,
        message,
        options,
        // The answer is taken only if it has the expected type: see `answered`.
        resolve: resolve as (answer: Answer) => void,
        reject,
        cancel: this.deadline(id, options.withinMs),
        sent: false,
        everSent: false,
        isRepeated: false,
      });
      this.transmit();
    });
  }

  /** There is a connection: what waits for one is sent, as far as the window allows. */
  opened(send: (message: ClientMessage) => void, isSameSession: boolean): void {
    this.send = send;
    for (const [id, { options, everSent }] of this.waiting) {
      if (options.again === 'inSession' && everSent && !isSameSession) {
        const why = 'the session was lost before the answer: it may have been done, or not';
        this.take(id)?.reject(new ClientError('OUTCOME_UNKNOWN', why));
      }
    }
    this.transmit();
  }

  /** The connection is gone, and with it every answer that was still to come. In a handover another is there already. */
  lost(isHandover: boolean): void {
    this.send = undefined;
    for (const [id, request] of this.waiting) {
      if (request.sent && !isHandover && (request.options.again ?? 'never') === 'never') {
        const why = 'the connection was lost before the answer';
        this.take(id)?.reject(new ClientError('CONNECTION_LOST', why, true));
      }
      request.sent = false;
    }
  }

  /** There will be no other connection. */
  closed(): void {
    this.lost(false);
    for (const [id, { everSent, expects }] of this.waiting) {
      this.take(id)?.reject(
        everSent && expects === 'reply'
          ? new ClientError(
              'OUTCOME_UNKNOWN',
              'the client is closed: it may have been done, or not',
            )
          : new ClientError('CLIENT_CLOSED', 'the client is closed'),
      );
    }
  }

  /** An answer that nobody awaits any more is dropped. */
  answered(answer: Answer): void {
    if (this.waiting.get(answer.id)?.expects === answer.type) {
      this.take(answer.id)?.resolve(answer);
    }
  }

  progressed(message: Progress): void {
    this.waiting.get(message.id)?.options.onProgress?.(message);
  }

  refused(message: Refused): void {
    const request = this.take(message.id);
    const { code } = message;
    if (request?.expects === 'reply' && request.isRepeated && notBegun.includes(code)) {
      const why = `it was sent before, and now the server says ${code}`;
      request.reject(new ClientError('OUTCOME_UNKNOWN', `${why}: it may have been done, or not`));
    } else {
      request?.reject(refusal(message));
    }
  }

  /** Nobody waits for it any more; the server is told if it may be at work. */
  drop(id: number, error: ClientError): void {
    const request = this.take(id);
    request?.reject(error);
    if (request?.sent) {
      this.send?.({ type: 'cancel', id });
    }
  }

  transmit(): void {
    for (const [id, request] of this.waiting) {
      if (this.send === undefined || !this.window.isOpen) {
        return;
      }
      if (!request.sent) {
        request.sent = true;
        request.isRepeated = request.everSent;
        request.everSent = true;
        if (request.options.withinMs === undefined) {
          request.cancel();
          request.cancel = this.deadline(id);
        }
        this.window.take();
        this.send(request.message);
      }
    }
  }

  private deadline(id: number, withinMs: number = this.settings.replyWithinMs): Cancel {
    return this.settings.clock.after(withinMs, () => {
      const request = this.waiting.get(id);
      if (request !== undefined) {
        this.drop(id, tooLate(request));
      }
    });
  }

  private take(id: number): Request | undefined {
    const request = this.waiting.get(id);
    if (request !== undefined) {
      this.waiting.delete(id);
      request.cancel();
      if (request.sent) {
        this.window.give();
      }
    }
    return request;
  }
}

function tooLate({ everSent, expects }: Request): ClientError {
  if (!everSent) {
    return new ClientError('NOT_CONNECTED', 'there was no connection to send this by', true);
  }
  const why = 'the server did not answer in time';
  return expects === 'reply'
    ? new ClientError('OUTCOME_UNKNOWN', `${why}: it may have been done, or not`)
    : new ClientError('REPLY_TOO_LATE', why, true);
}
