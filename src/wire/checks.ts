/**
 * What the nouns inside messages must look like when they come from outside, and how much of anything one message may hold.
 * In: the fields of an object. Out: the noun, with nothing in it that is not written here. Fails as `Fields` does.
 */
import { maxChannelBytes } from './channel-name.ts';
import type { Fields, Range } from './fields.ts';
import type { Of } from './messages.ts';
import { maxEpochLength, maxIdLength } from './position.ts';
import type { Gap, GapReason, Link, Position, Publication } from './vocabulary.ts';

/** Most that one message may hold. Lengths are in characters (UTF-16 units). */
export const messageLimits = {
  /** Messages in one frame. */
  frameMessages: 1_000,
  tokenLength: 8_192,
  capabilities: 32,
  capabilityLength: 64,
  /** Entries on one page of history. */
  pageEntries: 1_000,
  /** Channels in one `resume`. */
  resumeChannels: 128,
  sessionLength: 64,
  secretLength: 128,
  userLength: 1_024,
  eventLength: 64,
  keyLength: 256,
  /** At least 128 random bits do not fit into fewer characters than this. */
  producerShortest: 16,
  producerLength: 64,
  methodLength: 128,
  /** Of the time that a caller waits, in milliseconds: the longest delay of the timers that there are. */
  withinMs: 2_147_483_647,
  errorLength: 1_024,
  reasonLength: 123,
} as const;

/** One row per message, so that the compiler misses none. */
export type Checks<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (from: Fields) => Of<Message, Type>;
};

export const natural: Range = { least: 1, most: Number.MAX_SAFE_INTEGER };
export const fromZero: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };
export const within: Range = { least: 1, most: messageLimits.withinMs };

// A table, so that the compiler misses a reason that is not listed.
const gapReasons: Readonly<Record<GapReason, true>> = {
  trimmed: true,
  epoch: true,
  diverged: true,
  ahead: true,
  dropped: true,
  unauthorised: true,
};

export function capabilities(from: Fields): readonly string[] {
  const range = { least: 1, most: messageLimits.capabilityLength };
  return from.texts('capabilities', messageLimits.capabilities, range);
}

export function position(from: Fields): Position {
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

export function publication(from: Fields): Publication {
  const entry = link(from);
  const prev = from.inner('prev', link);
  if (prev.offset >= entry.offset) {
    from.note('prev.offset', 'must be less than offset');
  }
  const said = content(from, { least: 1, most: messageLimits.keyLength });
  if (said.removed && said.key === undefined) {
    from.note('removed', 'needs a key');
  }
  return {
    ...entry,
    prev,
    ...said,
    atMs: from.finite('atMs'),
    ...from.optional('by', (name) => user(from, name)),
  };
}

/** What an entry of a log says: alike when it is asked for and when it is given. */
export function content(
  from: Fields,
  keys: Range,
): Pick<Publication, 'data' | 'event' | 'key' | 'removed'> {
  const said = {
    data: from.data(),
    ...event(from),
    ...from.optional('key', (name) => from.text(name, keys)),
    ...from.optional('removed', (name) => from.truth(name)),
  };
  if (said.removed && said.data !== null) {
    from.note('removed', 'needs data that is null');
  }
  return said;
}

export function event(from: Fields): { readonly event?: string } {
  return from.optional('event', (name) =>
    from.text(name, { least: 1, most: messageLimits.eventLength }),
  );
}

export function user(from: Fields, name: string): string {
  return from.text(name, { least: 0, most: messageLimits.userLength });
}

export function gap(from: Fields): Gap {
  return {
    reason: from.oneOf('reason', gapReasons),
    from: from.inner('from', position),
    to: from.inner('to', position),
  };
}

export function method(from: Fields): string {
  return from.text('method', { least: 1, most: messageLimits.methodLength });
}

export function session(from: Fields): string {
  return from.text('session', { least: 1, most: messageLimits.sessionLength });
}

export function secret(from: Fields): string {
  return from.text('secret', { least: 1, most: messageLimits.secretLength });
}

/** What a client asks for. Whether it can name a channel is for the hub to answer: one wrong name ends no connection. */
export function askedChannel(from: Fields, name = 'channel'): string {
  return from.text(name, { least: 0, most: maxChannelBytes });
}

/** A colon is what parts the words of a position's text, and the names of users and producers in engines. */
export function refuseColon(from: Fields, name: string, value: string): void {
  if (value.includes(':')) {
    from.note(name, 'must not hold a colon');
  }
}
