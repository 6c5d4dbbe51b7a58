/**
 * What every message of a hub must look like.
 * In: the fields of an object. Out: the message, with nothing in it that is not written here. Fails as `Fields` does.
 */
import {
  askedChannel,
  type Checks,
  capabilities,
  event,
  fromZero,
  gap,
  messageLimits,
  method,
  natural,
  position,
  publication,
  secret,
  session,
  user,
  within,
} from './checks.ts';
import { disconnects, type ErrorCode } from './codes.ts';
import type { Fields } from './fields.ts';
import type { ServerMessage } from './server-messages.ts';
import type { ChannelKind } from './vocabulary.ts';

export const serverChecks: Checks<ServerMessage> = {
  welcome: (from) => ({
    type: 'welcome',
    version: from.whole('version', natural),
    capabilities: capabilities(from),
    session: session(from),
    secret: secret(from),
    resumed: from.flag('resumed'),
    ...expiry(from),
    user: user(from, 'user'),
    maxPending: from.whole('maxPending', natural),
  }),
  subscribed: (from) => ({
    type: 'subscribed',
    id: from.whole('id', natural),
    channel: from.channel(),
    kind: from.oneOf('kind', kinds),
    position: from.inner('position', position),
    ...from.optional('gap', (name) => from.inner(name, gap)),
    ...from.optional('snapshot', (name) => from.truth(name)),
  }),
  caughtUp: (from) => ({
    type: 'caughtUp',
    channel: from.channel(),
    position: from.inner('position', position),
  }),
  publication: (from) => ({
    type: 'publication',
    channel: from.channel(),
    publication: from.inner('publication', publication),
  }),
  signal: (from) => ({
    type: 'signal',
    channel: from.channel(),
    data: from.data(),
    ...event(from),
    ...from.optional('by', (name) => user(from, name)),
  }),
  advance: (from) => ({
    type: 'advance',
    channel: from.channel(),
    to: from.inner('to', position),
  }),
  gap: (from) => ({ type: 'gap', channel: from.channel(), gap: from.inner('gap', gap) }),
  unsubscribed: (from) => ({
    type: 'unsubscribed',
    id: from.whole('id', natural),
    channel: from.channel(),
  }),
  appended: (from) => ({
    type: 'appended',
    id: from.whole('id', natural),
    position: from.inner('position', position),
    ...from.optional('duplicate', (name) => from.truth(name)),
  }),
  renewed: (from) => ({ type: 'renewed', id: from.whole('id', natural), ...expiry(from) }),
  entered: (from) => ({
    type: 'entered',
    id: from.whole('id', natural),
    position: from.inner('position', position),
  }),
  progress: (from) => ({
    type: 'progress',
    id: from.whole('id', natural),
    seq: from.whole('seq', natural),
    data: from.data(),
  }),
  reply: (from) => ({
    type: 'reply',
    id: from.whole('id', natural),
    data: from.data(),
    ...from.optional('parts', (name) => from.whole(name, fromZero)),
  }),
  ask: (from) => ({
    type: 'ask',
    id: from.whole('id', natural),
    method: method(from),
    data: from.data(),
    withinMs: from.whole('withinMs', within),
  }),
  revoke: (from) => ({ type: 'revoke', id: from.whole('id', natural) }),
  drain: (from) => ({
    type: 'drain',
    reconnectWithinMs: from.whole('reconnectWithinMs', fromZero),
    reason: from.text('reason', { least: 0, most: messageLimits.reasonLength }),
  }),
  historyPage: (from) => ({
    type: 'historyPage',
    id: from.whole('id', natural),
    channel: from.channel(),
    publications: from.list('publications', messageLimits.pageEntries, publication),
    top: from.inner('top', position),
    more: from.flag('more'),
    ...from.optional('gap', (name) => from.inner(name, gap)),
  }),
  pong: (from) => ({ type: 'pong', id: from.whole('id', natural) }),
  error: (from) => ({
    type: 'error',
    id: from.whole('id', natural),
    // As it was asked for: it may be refused because it can name no channel.
    ...from.optional('channel', (name) => askedChannel(from, name)),
    code: from.oneOf('code', errorCodes),
    message: from.text('message', { least: 0, most: messageLimits.errorLength }),
    retryable: from.flag('retryable'),
    ...from.optional('last', (name) => from.whole(name, fromZero)),
    ...from.optional('details', (name) => from.any(name)),
  }),
  disconnect: (from) => ({
    type: 'disconnect',
    code: from.whole('code', { least: 4_000, most: 4_999 }),
    name: from.oneOf('name', disconnects),
    reason: from.text('reason', { least: 0, most: messageLimits.reasonLength }),
    ...from.optional('retryAfterMs', (name) => from.whole(name, fromZero)),
  }),
};

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
};

function expiry(from: Fields): { readonly expiresInMs?: number } {
  return from.optional('expiresInMs', (name) => from.whole(name, fromZero));
}
