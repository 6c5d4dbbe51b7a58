/**
 * What every message of a hub must look like. In: nothing. Out: a table, which `read-message.ts` reads by. Cannot fail.
 */
import {
  askedChannel,
  type Checks,
  capabilities,
  event,
  fromZero,
  gap,
  method,
  natural,
  position,
  publication,
  secret,
  session,
  user,
  within,
} from './checks.ts';
import { disconnectCodes, type ErrorCode } from './codes.ts';
import {
  anything,
  channelName,
  flag,
  type Leaf,
  oneOf,
  payload,
  text,
  truth,
  whole,
} from './fields.ts';
import * as messageLimits from './limits.ts';
import type { ServerMessage } from './server-messages.ts';
import type { ChannelKind } from './vocabulary.ts';

// Tables, so that the compiler misses a word that is not listed.
const kinds: Readonly<Record<ChannelKind, true>> = { log: true, state: true, signals: true };
const errorCodes: Readonly<Record<ErrorCode, true>> = {
  BROKER_UNAVAILABLE: true,
  CHANNEL_INVALID: true,
  DATA_TOO_LARGE: true,
  FORBIDDEN: true,
  ALREADY_SUBSCRIBED: true,
  NOT_SUBSCRIBED: true,
  TOO_MANY_CHANNELS: true,
  TOO_MANY_REQUESTS: true,
  TOO_MANY_SUBSCRIPTIONS: true,
  KIND_MISMATCH: true,
  KEY_INVALID: true,
  OUT_OF_SEQUENCE: true,
  ANSWER_UNKNOWN: true,
  NUMBER_REUSED: true,
  PRODUCER_FENCED: true,
  DURABILITY_UNSUPPORTED: true,
  METHOD_UNKNOWN: true,
  CALL_FAILED: true,
  CALL_TOO_LATE: true,
  CALL_CANCELLED: true,
  NOT_ENTERED: true,
  TOO_MANY_MEMBERS: true,
  TOKEN_REFUSED: true,
  PAYLOAD_INVALID: true,
  EVENT_UNKNOWN: true,
  RATE_LIMITED: true,
};

const id = natural;
const channel = channelName;
const data = payload;
const reason: Leaf<string> = /* @__PURE__ */ text(0, messageLimits.reasonLength);

export const serverChecks: Checks<ServerMessage> = {
  welcome: {
    version: natural,
    capabilities,
    session,
    secret,
    resumed: flag,
    expiresInMs: [fromZero],
    user,
    maxPending: natural,
  },
  subscribed: {
    id,
    channel,
    kind: /* @__PURE__ */ oneOf(kinds),
    position,
    gap: [gap],
    snapshot: [truth],
  },
  caughtUp: { channel, position },
  publication: { channel, publication },
  signal: { channel, data, event: [event], by: [user] },
  advance: { channel, to: position },
  gap: { channel, gap },
  unsubscribed: { id, channel },
  appended: { id, position, duplicate: [truth] },
  renewed: { id, expiresInMs: [fromZero] },
  entered: { id, position },
  progress: { id, seq: natural, data },
  reply: { id, data, parts: [fromZero] },
  ask: { id, method, data, withinMs: within },
  revoke: { id },
  drain: { reconnectWithinMs: fromZero, reason },
  historyPage: {
    id,
    channel,
    publications: { each: publication, most: messageLimits.pageEntries },
    top: position,
    more: flag,
    gap: [gap],
  },
  pong: { id },
  error: {
    id,
    // As it was asked for: it may be refused because it can name no channel.
    channel: [askedChannel],
    code: /* @__PURE__ */ oneOf(errorCodes),
    message: /* @__PURE__ */ text(0, messageLimits.errorLength),
    retryable: flag,
    last: [fromZero],
    details: [anything],
    retryAfterMs: [/* @__PURE__ */ whole(0, messageLimits.retryAfterMs)],
  },
  disconnect: {
    code: /* @__PURE__ */ whole(4_000, 4_999),
    name: /* @__PURE__ */ oneOf(disconnectCodes),
    reason,
    retryAfterMs: [fromZero],
  },
};
