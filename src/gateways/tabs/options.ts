/**
 * Where a shared road says stop.
 * In: what was chosen. Out: that, and the defaults for the rest. Fails: `OPTION_INVALID` for a number that is not above zero.
 */

/** How much one shared road carries. */
export interface TabsLimits {
  /** Strands of one pipe at once. One more is refused with TOO_MANY_CONNECTIONS, and the others go on. @default 64 */
  readonly maxStrands?: number;
  /** Time for which a pipe may have no strand, in milliseconds; then it is ended with HELLO_TOO_LATE. @default 10_000 */
  readonly emptyMs?: number;
  /**
   * Bytes that the pipe is given before it is waited for. Low: a fast network waits for us. High: what one strand says after many others is
   * behind as many bytes of theirs.
   * @default 65_536
   */
  readonly windowBytes?: number;
}
/** Used where `TabsLimits` say nothing. */
export const tabsDefaults: Required<TabsLimits> = {
  maxStrands: 64,
  emptyMs: 10_000,
  windowBytes: 65_536,
};

/** @codes What a gateway cannot be made with. */
export type GatewayErrorCode = 'OPTION_INVALID';

/** Thrown at once: the program must be changed. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws {GatewayError} `OPTION_INVALID` */
export function tabsLimits(given: TabsLimits): Required<TabsLimits> {
  const whole = { ...tabsDefaults };
  for (const name of Object.keys(tabsDefaults) as (keyof TabsLimits)[]) {
    const value = given[name] ?? tabsDefaults[name];
    if (!(value > 0)) {
      throw new GatewayError('OPTION_INVALID', `${name} must be a number above zero`);
    }
    whole[name] = value;
  }
  return whole;
}
