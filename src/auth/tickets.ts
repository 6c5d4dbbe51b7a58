/**
 * Tickets: secrets for addresses, which are written into logs and cannot be called back (THREATS A12). A ticket says who somebody is once,
 * for some seconds, on any node; what was let in by it stays as long as it may.
 * In: who asked for one, over a request that your application has authenticated. Out: a ticket, and later whom it was made for. Kept is its
 * hash, as a claim of the broker, so of any number who bring it one is let in. Fails: while the broker cannot be reached none is issued,
 * and whoever brings one is to come back later.
 */

import { toHex } from '../ground/bytes.ts';
import type { Clock } from '../ground/clock.ts';
import { BrokerError, type Claims, type TurnedAway, type Visitor } from '../ports/index.ts';
import { toBase64 } from '../wire/index.ts';
import { AuthError, mustBeWithin } from './auth-error.ts';
import type { Admitted, Check } from './check.ts';
import { machineClock } from './clock.ts';

/** How tickets are made, and for how long they are good. */
export interface TicketOptions {
  /** That of the broker: `broker.claims`. */
  readonly claims: Pick<Claims, 'get' | 'put' | 'release'>;
  /** How long a ticket is good, in milliseconds, 3,600,000 at most. Short: slow networks are too late. @default 30_000 */
  readonly withinMs?: number;
  /**
   * Whether a ticket is good once. A plain `EventSource` sends the same address each time it comes back; with `false` it may, until
   * the ticket ends, and so may whoever reads the address in a log: bind such tickets to a channel. @default true
   */
  readonly once?: boolean;
  /** Tickets of this node that have not ended yet, redeemed or not; for one more, `TICKETS_FULL`. @default 10_000 */
  readonly maxOpen?: number;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Fills the array with bytes that nobody can foresee. @default crypto.getRandomValues */
  readonly random?: (into: Uint8Array<ArrayBuffer>) => void;
}

/** Used where `TicketOptions` say nothing: tickets and milliseconds. */
export const ticketDefaults: Required<Pick<TicketOptions, 'maxOpen' | 'once' | 'withinMs'>> = {
  withinMs: 30_000,
  once: true,
  maxOpen: 10_000,
};

/** An office for tickets. */
export interface Tickets<User = string> {
  /**
   * A ticket for whoever you know this to be: 35 characters, of which 192 bits are random. With a `channel`, it lets in plain
   * `EventSource`s that follow this channel, and nobody else.
   * @throws {AuthError} `TICKETS_FULL`; `TICKET_TOO_LARGE` for a user and `data` of more than 16,000 characters of JSON
   * @throws {BrokerError}
   */
  readonly issue: (
    admitted: Admitted<User>,
    options?: { readonly channel?: string },
  ) => Promise<string>;
  /**
   * Whom the ticket was made for. It is looked for where a visitor's token is, and, with nothing there, in `?ticket=` of the address by
   * which it came. What does not look like a ticket is asked of nobody.
   */
  readonly check: Check<User>;
}

interface Kept<User> extends Admitted<User> {
  readonly channel?: string;
}

const randomBytes = 24;
const mark = 'tk_';
const isTicket = /^tk_[A-Za-z0-9_-]{32}$/;
/** What a claim may hold, less what we add, in characters. */
const maxValueLength = 16_000;
const longestMs = 3_600_000;

/**
 * Makes tickets and takes them: on every node of its own, over the same broker.
 * @throws {AuthError} `OPTION_INVALID`
 */
export function tickets<User = string>(options: TicketOptions): Tickets<User> {
  const { claims, clock = machineClock, random = platformRandom } = options;
  const { withinMs, once, maxOpen } = { ...ticketDefaults, ...defined(options) };
  mustBeWithin('withinMs', withinMs, { least: 1, most: longestMs });
  mustBeWithin('maxOpen', maxOpen, { least: 1 });
  /** When those that were issued end, the first of them first. */
  const openUntil: number[] = [];

  async function issue(
    { user, expiresAtMs, data }: Admitted<User>,
    { channel }: { readonly channel?: string } = {},
  ): Promise<string> {
    // JSON has no word for it: what ends never would come back as what is no time.
    const ends = expiresAtMs === Number.POSITIVE_INFINITY ? {} : { expiresAtMs };
    const value = JSON.stringify({ user, ...ends, data, channel } satisfies Partial<
      Record<keyof Kept<User>, unknown>
    >);
    if (value.length > maxValueLength) {
      throw new AuthError('TICKET_TOO_LARGE', `more than ${maxValueLength} characters of JSON`);
    }
    takePlace();
    const bytes = new Uint8Array(randomBytes);
    random(bytes);
    const ticket = mark + toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_');
    const put = await claims.put(await keyOf(ticket), value, {
      expect: undefined,
      leaseMs: withinMs,
    });
    if (!put.done) {
      throw new AuthError('OPTION_INVALID', 'tickets(): random gave the same bytes twice');
    }
    return ticket;
  }

  function takePlace(): void {
    const nowMs = clock.nowMs();
    const over = openUntil.findIndex((endMs) => endMs > nowMs);
    openUntil.splice(0, over === -1 ? openUntil.length : over);
    if (openUntil.length >= maxOpen) {
      throw new AuthError('TICKETS_FULL', `${maxOpen} tickets have not ended yet`);
    }
    openUntil.push(nowMs + withinMs);
  }

  async function check(visitor: Visitor): Promise<Admitted<User> | TurnedAway | undefined> {
    const ticket = visitor.token ?? soleParameter(visitor, 'ticket');
    if (ticket === undefined || !isTicket.test(ticket)) {
      return undefined;
    }
    try {
      return await redeem(ticket, visitor);
    } catch (error) {
      if (error instanceof BrokerError && error.retryable) {
        return { refused: 'BUSY' };
      }
      throw error;
    }
  }

  async function redeem(ticket: string, visitor: Visitor): Promise<Admitted<User> | undefined> {
    const key = await keyOf(ticket);
    const claim = await claims.get(key);
    if (claim === undefined) {
      return undefined;
    }
    const { channel, ...admitted } = JSON.parse(claim.value) as Kept<User>;
    if (channel !== undefined && !follows(visitor, channel)) {
      return undefined;
    }
    // Of all who have found it, on any node, one takes it away, and is let in.
    return !once || (await claims.release(key, claim.revision)) ? admitted : undefined;
  }

  return { issue, check };
}

/** Only a plain `EventSource` can do no more than follow the channel that it names. */
function follows(visitor: Visitor, channel: string): boolean {
  return visitor.pipe === 'event-source' && soleParameter(visitor, 'channel') === channel;
}

/** What is named twice means nothing: others may read the other. */
function soleParameter({ handshake }: Visitor, name: string): string | undefined {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(handshake?.url ?? '') ?? [];
  const [value, ...more] = new URLSearchParams(query).getAll(name);
  return more.length === 0 ? value : undefined;
}

/** Whoever can read the claims can make no ticket of them. */
async function keyOf(ticket: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(ticket));
  return `~ticket:${toHex(new Uint8Array(hash))}`;
}

function platformRandom(into: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(into);
}

/** Without what is undefined, which would take the place of a default. */
function defined(options: TicketOptions): TicketOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as TicketOptions;
}
