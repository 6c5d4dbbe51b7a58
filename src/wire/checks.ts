/**
 * What every message must look like when it comes from outside: one row per message, and the compiler misses none.
 * In: the fields of an object. Out: the message, with nothing in it that is not written here. Fails as `Fields` does.
 */
import { maxChannelBytes } from './channel-name.ts';
import { disconnects, type ErrorCode } from './codes.ts';
import type { Fields, Range } from './fields.ts';
import type { ClientMessage, Of, ServerMessage } from './messages.ts';
import { maxEpochLength, maxIdLength } from './position.ts';
import type { Gap, GapReason, Link, Position, Publication } from './vocabulary.ts';

/** Most that one message may hold. Lengths are in characters (UTF-16 units). */
export const messageLimits = {
  tokenLength: 8_192,
  capabilities: 32,
  capabilityLength: 64,
  /** Entries on one page of history. */
  pageEntries: 1_000,
  sessionLength: 64,
  userLength: 1_024,
  errorLength: 1_024,
  reasonLength: 123,
} as const;

export const clientChecks: {
  readonly [Type in ClientMessage['type']]: (from: Fields) => Of<ClientMessage, Type>;
} = {
  hello: (from) => ({
    type: 'hello',
    version: from.whole('version', natural),
    capabilities: capabilities(from),
    ...from.optional('token', (name) =>
      from.text(name, { least: 0, most: messageLimits.tokenLength }),
    ),
  }),
  subscribe: (from) => ({
    type: 'subscribe',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    ...from.optional('since', (name) => from.inner(name, position)),
  }),
  unsubscribe: (from) => ({
    type: 'unsubscribe',
    id: from.whole('id', natural),
    channel: askedChannel(from),
  }),
  publish: (from) => ({
    type: 'publish',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    data: from.any('data'),
  }),
  history: (from) => ({
    type: 'history',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    ...from.optional('after', (name) => from.inner(name, position)),
    limit: from.whole('limit', { least: 1, most: messageLimits.pageEntries }),
  }),
  ping: (from) => ({ type: 'ping', id: from.whole('id', natural) }),
};

export const serverChecks: {
  readonly [Type in ServerMessage['type']]: (from: Fields) => Of<ServerMessage, Type>;
} = {
  welcome: (from) => ({
    type: 'welcome',
    version: from.whole('version', natural),
    capabilities: capabilities(from),
    session: from.text('session', { least: 1, most: messageLimits.sessionLength }),
    user: from.text('user', { least: 0, most: messageLimits.userLength }),
    maxPending: from.whole('maxPending', natural),
  }),
  subscribed: (from) => ({
    type: 'subscribed',
    id: from.whole('id', natural),
    channel: from.channel(),
    position: from.inner('position', position),
    ...from.optional('gap', (name) => from.inner(name, gap)),
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
    code: from.oneOf('code', errorCodes),
    message: from.text('message', { least: 0, most: messageLimits.errorLength }),
    retryable: from.flag('retryable'),
  }),
  disconnect: (from) => ({
    type: 'disconnect',
    code: from.whole('code', { least: 4_000, most: 4_999 }),
    name: from.oneOf('name', disconnects),
    reason: from.text('reason', { least: 0, most: messageLimits.reasonLength }),
    ...from.optional('retryAfterMs', (name) => from.whole(name, fromZero)),
  }),
};

const natural: Range = { least: 1, most: Number.MAX_SAFE_INTEGER };
const fromZero: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };

// Tables, so that the compiler misses a code or reason that is not listed.
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
};
const gapReasons: Readonly<Record<GapReason, true>> = {
  trimmed: true,
  epoch: true,
  diverged: true,
  ahead: true,
};

function capabilities(from: Fields): readonly string[] {
  const range = { least: 1, most: messageLimits.capabilityLength };
  return from.texts('capabilities', messageLimits.capabilities, range);
}

function position(from: Fields): Position {
  const epoch = from.text('epoch', { least: 1, most: maxEpochLength });
  refuseColon(from, 'epoch', epoch);
  return { epoch, ...link(from) };
}

/** A place that is an entry, or the beginning, which alone has no id. */
function link(from: Fields): Link {
  const offset = from.whole('offset', fromZero);
  const id = from.text('id', { least: 0, most: maxIdLength });
  if ((offset === 0) !== (id === '')) {
    from.note('id', 'must be empty at offset 0, and only there');
  }
  refuseColon(from, 'id', id);
  return { offset, id };
}

function publication(from: Fields): Publication {
  const entry = link(from);
  const prev = from.inner('prev', link);
  if (prev.offset >= entry.offset) {
    from.note('prev.offset', 'must be less than offset');
  }
  return {
    ...entry,
    prev,
    data: from.any('data'),
    atMs: from.finite('atMs'),
    ...from.optional('by', (name) => from.text(name, { least: 0, most: messageLimits.userLength })),
  };
}

function gap(from: Fields): Gap {
  return {
    reason: from.oneOf('reason', gapReasons),
    from: from.inner('from', position),
    to: from.inner('to', position),
  };
}

/** A colon is what parts the words of a position's text: see `position.ts`. */
function refuseColon(from: Fields, name: string, value: string): void {
  if (value.includes(':')) {
    from.note(name, 'must not hold a colon');
  }
}

/** What a client asks for. Whether it can name a channel is for the hub to answer: one wrong name ends no connection. */
function askedChannel(from: Fields): string {
  return from.text('channel', { least: 0, most: maxChannelBytes });
}
