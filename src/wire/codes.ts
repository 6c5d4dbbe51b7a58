/**
 * Codes that travel: of errors, which answer one message, and of disconnects, which end a connection.
 * Each has a paragraph in docs/3-reference/errors.md.
 */

/** @codes Why one message of a client was refused. */
export type ErrorCode =
  | 'BROKER_UNAVAILABLE'
  | 'CHANNEL_INVALID'
  | 'DATA_TOO_LARGE'
  | 'FORBIDDEN'
  | 'ALREADY_SUBSCRIBED'
  | 'NOT_SUBSCRIBED'
  | 'TOO_MANY_CHANNELS'
  | 'TOO_MANY_REQUESTS'
  | 'TOO_MANY_SUBSCRIPTIONS'
  // Of publications.
  | 'KIND_MISMATCH'
  | 'KEY_INVALID'
  | 'OUT_OF_SEQUENCE'
  | 'ANSWER_UNKNOWN'
  | 'NUMBER_REUSED'
  | 'PRODUCER_FENCED'
  | 'DURABILITY_UNSUPPORTED'
  // Of calls.
  | 'METHOD_UNKNOWN'
  | 'CALL_FAILED'
  | 'CALL_TOO_LATE'
  | 'CALL_CANCELLED'
  // Of rosters.
  | 'NOT_ENTERED'
  | 'TOO_MANY_MEMBERS'
  // Of tokens.
  | 'TOKEN_REFUSED'
  // What the application's policy says besides FORBIDDEN.
  | 'PAYLOAD_INVALID'
  | 'EVENT_UNKNOWN'
  | 'RATE_LIMITED';

/** @codes Why a connection was ended by the hub. */
export type DisconnectName =
  | 'SERVER_STOPPING'
  | 'TOO_SLOW'
  | 'HELLO_TOO_LATE'
  | 'FENCED'
  | 'BUSY'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOKEN_EXPIRED'
  | 'HELLO_EXPECTED'
  | 'MESSAGE_INVALID'
  | 'VERSION_UNSUPPORTED'
  | 'UNAUTHORISED'
  | 'REVOKED';

/** Why a hub ends a connection, and whether and when to come back. */
export interface Disconnect {
  /** Also the WebSocket close code: 4000 to 4499 come back, 4500 to 4999 stay away. */
  readonly code: number;
  readonly name: DisconnectName;
  /** One sentence, at most 123 bytes. */
  readonly reason: string;
  /** Do not come back sooner, in milliseconds. Absent: the client's own backoff decides. */
  readonly retryAfterMs?: number;
}

/** By themselves, for clients: the rest of a disconnect is said by the hub. */
export const disconnectCodes = {
  SERVER_STOPPING: 4000,
  TOO_SLOW: 4001,
  HELLO_TOO_LATE: 4002,
  FENCED: 4003,
  BUSY: 4004,
  TOO_MANY_CONNECTIONS: 4005,
  TOKEN_EXPIRED: 4006,
  HELLO_EXPECTED: 4500,
  MESSAGE_INVALID: 4501,
  VERSION_UNSUPPORTED: 4502,
  UNAUTHORISED: 4503,
  REVOKED: 4504,
} as const;

/** The compiler holds each code against the table above. */
export const disconnects: {
  readonly [Name in DisconnectName]: Disconnect & {
    readonly code: (typeof disconnectCodes)[Name];
  };
} = {
  SERVER_STOPPING: { code: 4000, name: 'SERVER_STOPPING', reason: 'the server stops' },
  TOO_SLOW: {
    code: 4001,
    name: 'TOO_SLOW',
    reason: 'the client reads slower than its channels speak',
  },
  HELLO_TOO_LATE: { code: 4002, name: 'HELLO_TOO_LATE', reason: 'no hello came in time' },
  FENCED: { code: 4003, name: 'FENCED', reason: 'this session goes on by another connection' },
  BUSY: {
    code: 4004,
    name: 'BUSY',
    reason: 'too many clients come at once',
    retryAfterMs: 5_000,
  },
  TOO_MANY_CONNECTIONS: {
    code: 4005,
    name: 'TOO_MANY_CONNECTIONS',
    reason: 'too many connections of one user or address',
    retryAfterMs: 30_000,
  },
  TOKEN_EXPIRED: { code: 4006, name: 'TOKEN_EXPIRED', reason: 'the token has ended' },
  HELLO_EXPECTED: {
    code: 4500,
    name: 'HELLO_EXPECTED',
    reason: 'the first message must be a hello, and only the first',
  },
  MESSAGE_INVALID: {
    code: 4501,
    name: 'MESSAGE_INVALID',
    reason: 'a message is not part of this protocol',
  },
  VERSION_UNSUPPORTED: {
    code: 4502,
    name: 'VERSION_UNSUPPORTED',
    reason: 'this version is not spoken here',
  },
  UNAUTHORISED: {
    code: 4503,
    name: 'UNAUTHORISED',
    reason: 'the application did not let this client in',
  },
  REVOKED: { code: 4504, name: 'REVOKED', reason: 'the application has ended this session' },
};

/** Whether a client that was sent away with this close code should try again. Codes that are not ours: yes. */
export function mayReturn(code: number): boolean {
  return code < 4500 || code > 4999;
}
