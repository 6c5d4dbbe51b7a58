/**
 * What the application gives to be called: methods, what they are told, and how they say that they failed. Nothing here does anything.
 */

/**
 * The platform's `AbortSignal`, or what is used of it: a floor without a platform cannot name what its users have.
 */
export type CallSignal = typeof globalThis extends {
  AbortController: { prototype: { signal: infer Signal } };
}
  ? Signal
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      addEventListener(type: 'abort', run: () => void, options?: { once?: boolean }): void;
      removeEventListener(type: 'abort', run: () => void): void;
    };

/** What a method is told beside its data. */
export interface CallContext {
  /** As the policy named the caller. */
  readonly user: string;
  /** The `data` of the `Guest` that the policy let in, as of its latest token; undefined where it gave none. */
  readonly guest: unknown;
  /** Which channel the caller says that this is about; undefined: none. It was the policy's to say whether it may. */
  readonly channel: string | undefined;
  /** The caller's stay. */
  readonly session: string;
  /** The same whenever this call is sent again, and of no other call. For effects outside that must happen once. */
  readonly idempotencyKey: string;
  /** Aborted when nobody wants the answer any more: the deadline passed, the caller cancelled, or the node stops. */
  readonly signal: CallSignal;
  /**
   * Tells the caller how far it is. Resolves when there is room for more: wait for it. What is told while the caller is away is lost,
   * and the caller hears how many there were.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`.
   */
  readonly progress: (data: unknown) => Promise<void>;
}

/**
 * Returns the answer, a promise of it, or an `AsyncIterable` whose parts are sent one by one and after which the answer is null. Any JSON
 * value, or bytes; undefined is null. What it throws fails the call.
 */
export type Method = (data: unknown, context: CallContext) => unknown;

export type Methods = Readonly<Record<string, Method>>;

/** Thrown by a method, it is told to the caller, word for word: CALL_FAILED. Of anything else that is thrown the caller learns nothing. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** Any JSON value. */
  readonly details: unknown;

  constructor(message: string, details?: unknown) {
    super(message);
    this.details = details;
  }
}
