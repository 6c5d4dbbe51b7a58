/**
 * How a `WebSocketStream` says that it ended badly, and how an application says with which code and reason it cancels or aborts one:
 * https://developer.mozilla.org/docs/Web/API/WebSocketError.
 * Fails: `InvalidAccessError` for a code that may not be sent, `SyntaxError` for too long a reason.
 */
import { type CloseWords, closeWords } from './close-info.ts';
import { toDictionary, toScalarText, toWhole } from './conversions.ts';
import { asInterface } from './interfaces.ts';

/** https://websockets.spec.whatwg.org/#dictdef-websocketcloseinfo */
export interface WebSocketCloseInfo {
  /** 1000, or 3000 to 4999. Without, 1000 where there is a reason, and else none is sent. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. @default '' */
  readonly reason?: string | undefined;
}

/** https://websockets.spec.whatwg.org/#websocketerror */
export class WebSocketError extends DOMException {
  readonly #closeCode: number | null;
  readonly #reason: string;

  constructor(message = '', init: WebSocketCloseInfo = {}) {
    super(toScalarText(message), 'WebSocketError');
    const { code, reason } = readCloseInfo(init);
    this.#closeCode = code === 1005 ? null : code;
    this.#reason = reason;
  }

  /** 1006 in an error of ours when there was no Close frame; null when there never was a websocket. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }
}
asInterface(WebSocketError);

/** The connection was lost: 1006, which nobody can say in a Close frame, nor an application in an error of its own. */
export function lostError(cause: Error): WebSocketError {
  const error = new WebSocketError('the websocket was not closed cleanly');
  Object.defineProperty(error, 'closeCode', { value: 1006, configurable: true });
  return because(error, cause);
}

export function neverOpenError(cause: Error): WebSocketError {
  return because(new WebSocketError('the websocket was closed before it was open'), cause);
}

export function readCloseInfo(info: unknown): CloseWords {
  const { closeCode, reason } = toDictionary(info);
  return closeWords(
    closeCode === undefined ? undefined : toWhole(closeCode),
    reason === undefined ? undefined : toScalarText(reason),
  );
}

/** What a browser keeps to itself: a program may know why. */
function because(error: WebSocketError, cause: Error): WebSocketError {
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}
