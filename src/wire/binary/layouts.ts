/**
 * In which order the fields of each message travel in binary, and as what: one table, which the writer and the reader both follow. A
 * message is its number, which is its place in the table of its direction, counted from 1; then its fields as a record.
 */
import type { ClientMessage } from '../client-messages.ts';
import type { Of } from '../messages.ts';
import type { ServerMessage } from '../server-messages.ts';
import type { Gap, Link, Position, Publication } from '../vocabulary.ts';

/**
 * `whole`: a whole number from 0. `number`: any number. `text`: characters. `flag`: true or false. `mark`: true by being there.
 * `value`: a JSON value or bytes. `json`: a JSON value. A record has fields of its own; a list has any number of one kind.
 */
export type Kind =
  | 'whole'
  | 'number'
  | 'text'
  | 'flag'
  | 'mark'
  | 'value'
  | 'json'
  | { readonly record: Layout }
  | { readonly list: Kind };

/** A field that may be absent: one bit before the fields says whether it is there. At most 8 in one record. */
export interface Maybe {
  readonly maybe: Kind;
}

/** Fields by name, in the order in which they travel. */
export type Layout = Readonly<Record<string, Kind | Maybe>>;

/** A layout as it is followed: worked out once, since each message asks for it. */
export interface Plan {
  readonly fields: readonly {
    readonly name: string;
    readonly kind: Kind;
    readonly isOptional: boolean;
  }[];
  /** Names of the fields that may be absent, in the order of their bits. */
  readonly optional: readonly string[];
}

/** By layout: there are as many as there are records in the tables below. */
const plans = new WeakMap<Layout, Plan>();

export function planOf(layout: Layout): Plan {
  let plan = plans.get(layout);
  if (plan === undefined) {
    const fields = Object.entries(layout).map(([name, kind]) =>
      isMaybe(kind)
        ? { name, kind: kind.maybe, isOptional: true }
        : { name, kind, isOptional: false },
    );
    const optional = fields.filter(({ isOptional }) => isOptional).map(({ name }) => name);
    plan = { fields, optional };
    plans.set(layout, plan);
  }
  return plan;
}

export function isMaybe(kind: Kind | Maybe): kind is Maybe {
  return typeof kind === 'object' && 'maybe' in kind;
}

/** The compiler misses no field, and none that may be absent. */
type LayoutOf<Holder> = {
  readonly [Name in Exclude<keyof Holder, 'type'>]-?: Partial<Pick<Holder, Name>> extends Pick<
    Holder,
    Name
  >
    ? Maybe
    : Kind;
};

const link: LayoutOf<Link> = { offset: 'whole', id: 'text' };
const position: LayoutOf<Position> = { epoch: 'text', ...link };
const gap: LayoutOf<Gap> = {
  reason: 'text',
  from: { record: position },
  to: { record: position },
};
const publication: LayoutOf<Publication> = {
  ...link,
  prev: { record: link },
  data: 'value',
  event: { maybe: 'text' },
  key: { maybe: 'text' },
  removed: { maybe: 'mark' },
  atMs: 'number',
  by: { maybe: 'text' },
};
const wanted = { channel: 'text', since: { maybe: { record: position } } } as const;

export const clientLayouts: {
  readonly [Type in ClientMessage['type']]: LayoutOf<Of<ClientMessage, Type>>;
} = {
  hello: {
    version: 'whole',
    capabilities: { list: 'text' },
    token: { maybe: 'text' },
    resume: { maybe: { record: { session: 'text', secret: 'text' } } },
  },
  renew: { id: 'whole', token: 'text' },
  subscribe: { id: 'whole', ...wanted },
  resume: { id: 'whole', channels: { list: { record: wanted } } },
  unsubscribe: { id: 'whole', channel: 'text' },
  publish: {
    id: 'whole',
    channel: 'text',
    data: 'value',
    event: { maybe: 'text' },
    key: { maybe: 'text' },
    removed: { maybe: 'mark' },
    producer: {
      maybe: {
        record: { name: 'text', epoch: 'whole', first: { maybe: 'whole' }, seq: 'whole' },
      },
    },
    durability: { maybe: 'text' },
  },
  signal: { channel: 'text', data: 'value', event: { maybe: 'text' } },
  history: {
    id: 'whole',
    channel: 'text',
    after: { maybe: { record: position } },
    limit: 'whole',
  },
  enter: { id: 'whole', channel: 'text', data: 'value' },
  exit: { id: 'whole', channel: 'text' },
  call: {
    id: 'whole',
    method: 'text',
    data: 'value',
    withinMs: 'whole',
    channel: { maybe: 'text' },
  },
  cancel: { id: 'whole' },
  answer: { id: 'whole', data: 'value' },
  decline: { id: 'whole', code: 'text', message: 'text' },
  ping: { id: 'whole' },
};

export const serverLayouts: {
  readonly [Type in ServerMessage['type']]: LayoutOf<Of<ServerMessage, Type>>;
} = {
  welcome: {
    version: 'whole',
    capabilities: { list: 'text' },
    session: 'text',
    secret: 'text',
    resumed: 'flag',
    expiresInMs: { maybe: 'whole' },
    user: 'text',
    maxPending: 'whole',
  },
  subscribed: {
    id: 'whole',
    channel: 'text',
    kind: 'text',
    position: { record: position },
    gap: { maybe: { record: gap } },
    snapshot: { maybe: 'mark' },
  },
  caughtUp: { channel: 'text', position: { record: position } },
  publication: { channel: 'text', publication: { record: publication } },
  signal: { channel: 'text', data: 'value', event: { maybe: 'text' }, by: { maybe: 'text' } },
  advance: { channel: 'text', to: { record: position } },
  gap: { channel: 'text', gap: { record: gap } },
  unsubscribed: { id: 'whole', channel: 'text' },
  appended: { id: 'whole', position: { record: position }, duplicate: { maybe: 'mark' } },
  renewed: { id: 'whole', expiresInMs: { maybe: 'whole' } },
  entered: { id: 'whole', position: { record: position } },
  progress: { id: 'whole', seq: 'whole', data: 'value' },
  reply: { id: 'whole', data: 'value', parts: { maybe: 'whole' } },
  ask: { id: 'whole', method: 'text', data: 'value', withinMs: 'whole' },
  revoke: { id: 'whole' },
  drain: { reconnectWithinMs: 'whole', reason: 'text' },
  historyPage: {
    id: 'whole',
    channel: 'text',
    publications: { list: { record: publication } },
    top: { record: position },
    more: 'flag',
    gap: { maybe: { record: gap } },
  },
  pong: { id: 'whole' },
  error: {
    id: 'whole',
    channel: { maybe: 'text' },
    code: 'text',
    message: 'text',
    retryable: 'flag',
    last: { maybe: 'whole' },
    details: { maybe: 'json' },
    retryAfterMs: { maybe: 'whole' },
  },
  disconnect: {
    code: 'whole',
    name: 'text',
    reason: 'text',
    retryAfterMs: { maybe: 'whole' },
  },
};
