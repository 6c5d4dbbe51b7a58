/**
 * What the nouns inside messages must look like when they come from outside, and how much of anything one message may hold.
 * In: nothing. Out: shapes, which `fields.ts` reads by. Cannot fail.
 */
import { maxChannelBytes } from './channel-name.ts';
import {
  finite,
  type Leaf,
  type Many,
  oneOf,
  payload,
  type Ruled,
  type Shape,
  text,
  truth,
  whole,
} from './fields.ts';
import * as messageLimits from './limits.ts';
import type { Of } from './messages.ts';
import { maxEpochLength, maxIdLength } from './position.ts';
import type { Gap, GapReason, Link, Position, Publication } from './vocabulary.ts';

export { messageLimits };

/** One row per message, so that the compiler misses none. */
export type Checks<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: Row<Of<Message, Type>>;
};

/** What a message must look like, but for its type. */
export type Row<Message> = Shape<Omit<Message, 'type'>> | Ruled<Omit<Message, 'type'>>;

// What a bundler may leave out when nobody reads by it says so: each is a call.
export const natural: Leaf<number> = /* @__PURE__ */ whole(1);
export const fromZero: Leaf<number> = /* @__PURE__ */ whole(0);
export const within: Leaf<number> = /* @__PURE__ */ whole(1, messageLimits.withinMs);
export const user: Leaf<string> = /* @__PURE__ */ text(0, messageLimits.userLength);
export const method: Leaf<string> = /* @__PURE__ */ text(1, messageLimits.methodLength);
export const session: Leaf<string> = /* @__PURE__ */ text(1, messageLimits.sessionLength);
export const secret: Leaf<string> = /* @__PURE__ */ text(1, messageLimits.secretLength);
export const event: Leaf<string> = /* @__PURE__ */ text(1, messageLimits.eventLength);
/** Of what the hub gives; whether what a client gives can be a key is for the hub to answer, as with channels. */
const key: Leaf<string> = /* @__PURE__ */ text(1, messageLimits.keyLength);
/** What a client asks for. Whether it can name a channel is for the hub to answer: one wrong name ends no connection. */
export const askedChannel: Leaf<string> = /* @__PURE__ */ text(0, maxChannelBytes);

export const capabilities: Many<string> = {
  each: /* @__PURE__ */ text(1, messageLimits.capabilityLength),
  most: messageLimits.capabilities,
};

// A table, so that the compiler misses a reason that is not listed.
const gapReasons: Readonly<Record<GapReason, true>> = {
  trimmed: true,
  epoch: true,
  diverged: true,
  ahead: true,
  dropped: true,
  unauthorised: true,
};

const offset = fromZero;
const id: Leaf<string> = /* @__PURE__ */ text(0, maxIdLength);

/** A place that is an entry, or the beginning, which alone has no id. */
const link: Ruled<Link> = { shape: { offset, id }, rule: linkRule };

export const position: Ruled<Position> = {
  shape: { epoch: /* @__PURE__ */ text(1, maxEpochLength), offset, id },
  rule: (place) => noColon('epoch', place.epoch) ?? linkRule(place),
};

export const publication: Ruled<Publication> = {
  shape: {
    offset,
    id,
    prev: link,
    data: payload,
    event: [event],
    key: [key],
    removed: [truth],
    atMs: finite,
    by: [user],
  },
  rule: (entry) =>
    linkRule(entry) ??
    (entry.prev.offset < entry.offset
      ? contentRule(entry)
      : 'prev.offset must be less than offset') ??
    (entry.removed && entry.key === undefined ? 'removed needs a key' : undefined),
};

export const gap: Shape<Gap> = {
  reason: /* @__PURE__ */ oneOf(gapReasons),
  from: position,
  to: position,
};

function linkRule(place: Link): string | undefined {
  return (place.offset === 0) === (place.id === '')
    ? noColon('id', place.id)
    : 'id must be empty at offset 0, and only there';
}

/** What an entry of a log says: alike when it is asked for and when it is given. */
export function contentRule({
  removed,
  data,
}: Pick<Publication, 'removed' | 'data'>): string | undefined {
  return removed && data !== null ? 'removed needs data that is null' : undefined;
}

/** A colon is what parts the words of a position's text, and the names of users and producers in engines. */
export function noColon(name: string, value: string): string | undefined {
  return value.includes(':') ? `${name} must not hold a colon` : undefined;
}
