/**
 * What the application asked for once and awaits: publishes and history. Each is sent at most once.
 * In: a message to send and its answer. Out: a promise. Fails: with a `ClientError` that says whether asking again does no harm.
 */
import type { Cancel } from '../ground/clock.ts';
import {
  type ClientMessage,
  clientMessageFromJson,
  type Of,
  type Refused,
  type ServerMessage,
  toJson,
} from '../wire/index.ts';
import { ClientError, refusal } from './errors.ts';
import type { Settings } from './options.ts';

type Expected = 'appended' | 'historyPage';
type Answer = Of<ServerMessage, Expected>;

interface Request {
  readonly expects: Expected;
  readonly text: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ClientError) => void;
  cancel: Cancel;
  sent: boolean;
}

/** Made without a connection, a request waits for one; `maxPending` bounds both kinds together. */
export class Requests {
  private readonly settings: Settings;
  private readonly nextId: () => number;
  // By id, in the order in which they were made, which is the order in which they are sent.
  private readonly waiting = new Map<number, Request>();
  private send: ((text: string) => void) | undefined;
  /** How many may be sent and not answered: the server takes no more. */
  private window = 0;
  private inFlight = 0;

  constructor(settings: Settings, nextId: () => number) {
    this.settings = settings;
    this.nextId = nextId;
  }

  async ask<Type extends Expected>(
    expects: Type,
    make: (id: number) => ClientMessage,
  ): Promise<Of<ServerMessage, Type>> {
    const { maxPending } = this.settings;
    if (this.waiting.size >= maxPending) {
      throw new ClientError('TOO_MANY_PENDING', `${maxPending} requests await an answer`, true);
    }
    const id = this.nextId();
    const text = encode(make(id));
    return new Promise((resolve, reject) => {
      const request: Request = {
        expects,
        text,
        // The answer is taken only if it has the expected type: see `answered`.
        resolve: resolve as (answer: Answer) => void,
        reject,
        cancel: this.deadline(id),
        sent: false,
      };
      this.waiting.set(id, request);
      this.transmit();
    });
  }

  /** There is a connection: what waits for one is sent, `window` at a time. */
  opened(send: (text: string) => void, window: number): void {
    this.send = send;
    this.window = window;
    this.transmit();
  }

  /** The connection is gone, and with it every answer that was still to come. */
  lost(): void {
    this.send = undefined;
    for (const [id, request] of this.waiting) {
      if (request.sent) {
        this.take(id)?.reject(
          unanswered(request, 'CONNECTION_LOST', 'the connection was lost before the answer'),
        );
      }
    }
  }

  /** There will be no other connection. */
  closed(): void {
    this.lost();
    for (const id of this.waiting.keys()) {
      this.take(id)?.reject(new ClientError('CLIENT_CLOSED', 'the client is closed'));
    }
  }

  /** An answer that nobody awaits any more is dropped. */
  answered(answer: Answer): void {
    if (this.waiting.get(answer.id)?.expects === answer.type) {
      this.take(answer.id)?.resolve(answer);
    }
  }

  refused(message: Refused): void {
    this.take(message.id)?.reject(refusal(message));
  }

  private transmit(): void {
    if (this.send === undefined || this.inFlight >= this.window) {
      return;
    }
    for (const [id, request] of this.waiting) {
      if (this.inFlight >= this.window) {
        return;
      }
      if (!request.sent) {
        request.sent = true;
        request.cancel();
        request.cancel = this.deadline(id);
        this.inFlight += 1;
        this.send(request.text);
      }
    }
  }

  private deadline(id: number): Cancel {
    const { clock, replyWithinMs } = this.settings;
    return clock.after(replyWithinMs, () => {
      const request = this.take(id);
      request?.reject(
        request.sent
          ? unanswered(request, 'REPLY_TOO_LATE', 'the server did not answer in time')
          : new ClientError('NOT_CONNECTED', 'there was no connection to send this by', true),
      );
    });
  }

  private take(id: number): Request | undefined {
    const request = this.waiting.get(id);
    if (request !== undefined) {
      this.waiting.delete(id);
      request.cancel();
      if (request.sent) {
        this.inFlight -= 1;
        this.transmit();
      }
    }
    return request;
  }
}

/**
 * Only what a server can read is sent, because it sends away for good whoever says anything else. JSON has no word for undefined,
 * functions, cycles and big integers; the wire has limits besides.
 */
function encode(message: ClientMessage): string {
  let text: string;
  try {
    text = toJson(message);
  } catch (error) {
    throw new ClientError('REQUEST_INVALID', String(error));
  }
  const read = clientMessageFromJson(text);
  if ('problem' in read) {
    throw new ClientError('REQUEST_INVALID', read.problem);
  }
  return text;
}

/** Reading twice does no harm; a publish may be in the log, and a second would stand beside it. */
function unanswered(
  { expects }: Request,
  code: 'CONNECTION_LOST' | 'REPLY_TOO_LATE',
  message: string,
): ClientError {
  return expects === 'appended'
    ? new ClientError('OUTCOME_UNKNOWN', `${message}: it may be in the log, or not`)
    : new ClientError(code, message, true);
}
