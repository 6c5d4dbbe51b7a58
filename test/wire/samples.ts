/**
 * One good message of each type with all its fields, and what becomes of it when a field is another.
 * In: a type and other fields. Out: what the JSON codec says. Cannot fail.
 */
import type { ClientMessage, Parsed, ServerMessage } from '../../src/wire/index.ts';
import { clientMessageFromJson, serverMessageFromJson } from '../../src/wire/index.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Sender = 'client' | 'server';

export const place = { epoch: 'e', offset: 3, id: 'c' };
export const start = { epoch: 'e', offset: 0, id: '' };
export const gap = { reason: 'trimmed', from: place, to: { ...place, offset: 5, id: 'x' } };
export const entry = { offset: 4, id: 'd', prev: { offset: 3, id: 'c' }, data: null, atMs: 1.5 };
export const fullEntry = { ...entry, event: 'moved', key: 'k', removed: true, by: 'ada' };
export const producer = { name: 'producer-name-16', epoch: 1, seq: 7 };

export const client: { readonly [Type in ClientMessage['type']]: Fields } = {
  hello: {
    version: 1,
    capabilities: ['a'],
    token: 't',
    resume: { session: 's', secret: 'x' },
  },
  renew: { id: 1, token: 't' },
  subscribe: { id: 1, channel: 'a', since: place },
  resume: { id: 1, channels: [{ channel: 'a', since: place }, { channel: 'b' }] },
  unsubscribe: { id: 1, channel: 'a' },
  publish: {
    id: 1,
    channel: 'a',
    data: null,
    event: 'moved',
    key: 'k',
    removed: true,
    producer,
    durability: 'quorum',
  },
  signal: { channel: 'a', data: null, event: 'typing' },
  history: { id: 1, channel: 'a', after: place, limit: 1 },
  enter: { id: 1, channel: 'a', data: null },
  exit: { id: 1, channel: 'a' },
  call: { id: 1, method: 'm', data: null, withinMs: 1, channel: 'a' },
  cancel: { id: 1 },
  answer: { id: 1, data: null },
  decline: { id: 1, code: 'CALL_FAILED', message: 'no' },
  ping: { id: 1 },
};

export const server: { readonly [Type in ServerMessage['type']]: Fields } = {
  welcome: {
    version: 1,
    capabilities: [],
    session: 's',
    secret: 'x',
    resumed: true,
    expiresInMs: 0,
    user: '',
    maxPending: 1,
  },
  subscribed: { id: 1, channel: 'a', kind: 'state', position: place, gap, snapshot: true },
  caughtUp: { channel: 'a', position: place },
  publication: { channel: 'a', publication: fullEntry },
  signal: { channel: 'a', data: null, event: 'typing', by: 'ada' },
  advance: { channel: 'a', to: place },
  gap: { channel: 'a', gap },
  unsubscribed: { id: 1, channel: 'a' },
  appended: { id: 1, position: place, duplicate: true },
  renewed: { id: 1, expiresInMs: 0 },
  entered: { id: 1, position: place },
  progress: { id: 1, seq: 1, data: null },
  reply: { id: 1, data: null, parts: 0 },
  ask: { id: 1, method: 'm', data: null, withinMs: 1 },
  revoke: { id: 1 },
  drain: { reconnectWithinMs: 0, reason: '' },
  historyPage: { id: 1, channel: 'a', publications: [fullEntry], top: place, more: true, gap },
  pong: { id: 1 },
  error: {
    id: 1,
    channel: '',
    code: 'FORBIDDEN',
    message: 'no',
    retryable: false,
    last: 0,
    details: null,
    retryAfterMs: 0,
  },
  disconnect: { code: 4000, name: 'TOO_SLOW', reason: '', retryAfterMs: 0 },
};

export interface Sample {
  readonly from: Sender;
  readonly type: string;
  readonly good: Fields;
}

export const samples: readonly Sample[] = [
  ...Object.entries(client).map(([type, good]) => ({ from: 'client', type, good }) as const),
  ...Object.entries(server).map(([type, good]) => ({ from: 'server', type, good }) as const),
];

export function parse(
  { from, type, good }: Sample,
  change: Fields,
): Parsed<ClientMessage | ServerMessage> {
  const text = JSON.stringify({ type, ...good, ...change });
  return from === 'client' ? clientMessageFromJson(text) : serverMessageFromJson(text);
}

/** What is wrong with the sample when these fields are others. */
export function problem(from: Sender, type: string, change: Fields): string | undefined {
  const good = (from === 'client' ? client : server)[type as 'signal'];
  const parsed = parse({ from, type, good }, change);
  return 'problem' in parsed ? parsed.problem : undefined;
}

export function long(length: number): string {
  return 'x'.repeat(length);
}
