/**
 * Orders: what every node is to do, as it stands in their log and travels between them.
 * In: what the server's own code asks for, and what other nodes sent. Out: orders. Fails: `ORDER_INVALID` for what the caller asks; what
 * another version of a node sent, and this one does not understand, is no order.
 */
import { type Disconnect, disconnects, messageLimits, type Position } from '../../wire/index.ts';
import { isLonger } from '../data.ts';
import type { RightsScope } from '../rights.ts';
import { HubUsageError } from '../usage-error.ts';

/** Whose sessions are ended: all of a user, as `connect` named it; or one, by its name. */
export type RevokeScope = { readonly user: string } | { readonly session: string };

/** What is told with a revocation. */
export interface RevokeOptions {
  /** What their clients are told; at most 123 bytes. @default 'the application has ended this session' */
  readonly reason?: string;
}

export interface Revoke {
  readonly id: string;
  readonly kind: 'revoke';
  /** One of the two. */
  readonly user?: string;
  readonly session?: string;
  readonly reason?: string;
}

export interface Recheck extends RightsScope {
  readonly id: string;
  readonly kind: 'recheck';
}

export type Order = Revoke | Recheck;

/** Whatever they are. */
type Fields = {
  readonly [Name in 'id' | 'kind' | 'user' | 'session' | 'channel' | 'reason']?: unknown;
};

/** A close has no room for more (RFC 6455 §5.5). */
const maxReasonBytes = 123;

/** @throws {HubUsageError} `ORDER_INVALID` */
export function revokeOf(id: string, scope: RevokeScope, { reason }: RevokeOptions): Revoke {
  const { user, session } = scope as { readonly user?: string; readonly session?: string };
  const isNamed = (user === undefined) !== (session === undefined) && isName(user ?? session);
  if (!isNamed) {
    throw new HubUsageError('ORDER_INVALID', 'say whose sessions end: a user, or one session');
  }
  if (reason !== undefined && !isReason(reason)) {
    const message = `a reason is a text of at most ${maxReasonBytes} bytes`;
    throw new HubUsageError('ORDER_INVALID', message);
  }
  const named = user === undefined ? { session: session! } : { user };
  return { id, kind: 'revoke', ...named, ...(reason === undefined ? {} : { reason }) };
}

/** @throws {HubUsageError} `ORDER_INVALID` */
export function recheckOf(id: string, { user, channel }: RightsScope): Recheck {
  if (!isWord(user) || !isWord(channel)) {
    throw new HubUsageError('ORDER_INVALID', 'a user and a channel are named by text');
  }
  const ofUser = user === undefined ? {} : { user };
  return { id, kind: 'recheck', ...ofUser, ...(channel === undefined ? {} : { channel }) };
}

/** As it came from another node, or stands in the log. */
export function orderFrom(value: unknown): Order | undefined {
  const { id, kind, user, session, channel, reason } = (value ?? {}) as Fields;
  try {
    if (typeof id !== 'string') {
      return undefined;
    }
    if (kind === 'recheck') {
      return recheckOf(id, { user, channel } as RightsScope);
    }
    const scope = user === undefined ? { session } : { user };
    return kind === 'revoke' && (user === undefined || session === undefined)
      ? revokeOf(id, scope as RevokeScope, { reason } as RevokeOptions)
      : undefined;
  } catch {
    return undefined;
  }
}

/** With which words clients are sent away by it. */
export function whyOf({ reason }: Pick<Revoke, 'reason'>): Disconnect {
  return reason === undefined ? disconnects.REVOKED : { ...disconnects.REVOKED, reason };
}

/** Where an order stands, as another node says. */
export function positionFrom(value: unknown): Position | undefined {
  const { epoch, offset, id } = (value ?? {}) as Partial<Position>;
  const isPosition =
    typeof epoch === 'string' && typeof id === 'string' && Number.isInteger(offset);
  return isPosition ? { epoch, offset: offset!, id } : undefined;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= messageLimits.userLength;
}

function isReason(value: unknown): boolean {
  return typeof value === 'string' && !isLonger(value, maxReasonBytes);
}

function isWord(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
