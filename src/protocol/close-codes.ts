/**
 * The registry of close codes (RFC 6455 §7.4, IANA "WebSocket Close Code Number Registry").
 * In: a number. Out: its name, and whether it may be sent. Cannot fail.
 */

/** One row of the registry of close codes (RFC 6455 §7.4.1, §11.7). */
export interface CloseCode {
  readonly code: number;
  /** As the registry names it. */
  readonly name: string;
  /** False for codes that only describe what happened on this side and never stand in a frame (§7.4.1). */
  readonly travels: boolean;
}

/** The registered codes, 1000 to 1015. */
export const closeCodes: readonly CloseCode[] = [
  { code: 1000, name: 'normal closure', travels: true },
  { code: 1001, name: 'going away', travels: true },
  { code: 1002, name: 'protocol error', travels: true },
  { code: 1003, name: 'unsupported data', travels: true },
  { code: 1004, name: 'reserved', travels: false },
  { code: 1005, name: 'no status received', travels: false },
  { code: 1006, name: 'abnormal closure', travels: false },
  { code: 1007, name: 'invalid payload data', travels: true },
  { code: 1008, name: 'policy violation', travels: true },
  { code: 1009, name: 'message too big', travels: true },
  { code: 1010, name: 'mandatory extension', travels: true },
  { code: 1011, name: 'internal error', travels: true },
  { code: 1012, name: 'service restart', travels: true },
  { code: 1013, name: 'try again later', travels: true },
  { code: 1014, name: 'bad gateway', travels: true },
  { code: 1015, name: 'TLS handshake', travels: false },
];

/** Whether `code` may stand in a Close frame: a registered one that travels, or 3000 to 4999 (§7.4.2). */
export function mayTravel(code: number): boolean {
  if (code >= 3000 && code <= 4999) {
    return Number.isInteger(code);
  }
  return closeCodes.some((known) => known.code === code && known.travels);
}
