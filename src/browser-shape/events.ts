/**
 * The events that Node 20 has no class for.
 * In: what they tell. Out: events.
 */
import { type Closing, ConnectionError } from '../endpoint/index.ts';
import { toDictionary, toScalarText, toWrappedShort } from './conversions.ts';
import { asInterface } from './interfaces.ts';

/** https://websockets.spec.whatwg.org/#dictdef-closeeventinit */
export interface CloseEventInit {
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

/** https://websockets.spec.whatwg.org/#the-closeevent-interface. Inherits because the standard says so. */
export class CloseEvent extends Event {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit = {}) {
    const { wasClean = false, code = 0, reason = '' } = toDictionary(init);
    super(type, init);
    this.#wasClean = Boolean(wasClean);
    this.#code = toWrappedShort(code);
    this.#reason = toScalarText(reason);
  }

  /** Both Close frames went over. */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** As the server sent it; 1005 for a Close frame without one; 1006 when there was none. */
  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}
asInterface(CloseEvent);

/**
 * What `error` brings: an `Event`, as the standard has it, which browsers leave at that. Programs may know more than pages, so it
 * says besides what went wrong.
 */
export interface WebSocketErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;
}

export function errorEvent(error: Error): WebSocketErrorEvent {
  return Object.assign(new Event('error'), { error, message: error.message });
}

/** Why there was no clean end. What we close for a fault of the server's is for the page a connection that was lost. */
export function lossOf({ fault }: Closing): ConnectionError {
  const message = fault?.message ?? 'the connection ended without a Close frame';
  const rule = fault === undefined ? {} : { fault: fault.name };
  return new ConnectionError('CONNECTION_LOST', message, { retryable: true, ...rule });
}
