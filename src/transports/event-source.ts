/**
 * `tautline/transports/event-source`: a channel for a plain `EventSource`, without the SDK: `GET <path>?channel=<name>`.
 * In: requests of browsers. Out: pipes that can only speak, to a gateway that speaks in events. Fails: what may not be is answered
 * with a status, at which an `EventSource` stays away; what may be later ends the stream, at which it comes back.
 *
 * Who asks is known by a cookie, which counts for pages of our own origin only, whatever `origins` says (THREATS D17); or by `ticket` in
 * the address, which an `EventSource` sends again each time it comes back, so it must be good until then.
 */
import { randomInt } from 'node:crypto';
import {
  type Endpoint,
  type Hosts,
  type Origins,
  type PlainRequest,
  systemClock,
} from '../endpoint/index.ts';
import type { Clock } from '../ground/clock.ts';
import type { FrontDesk, Gateway } from '../ports/index.ts';
import { EventPipe } from './event-pipe.ts';
import { handshakeOf } from './handshake.ts';
import { type Exchange, give, refusal } from './http-answers.ts';
import { type HttpRoadLimits, httpRoadLimits } from './http-options.ts';

export interface EventSourceTransportOptions
  extends Pick<
    HttpRoadLimits,
    'heartbeatMs' | 'highWaterBytes' | 'maxBufferedBytes' | 'maxRoads' | 'paddingBytes'
  > {
  readonly endpoint: Endpoint;
  /** A path of its own. */
  readonly path: string;
  /** Which pages may ask, with a ticket. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** That of `tautline/gateways/event-source`. */
  readonly gateway: Gateway;
  readonly hub: FrontDesk;
  /** The name of the cookie whose value is the policy's token. @default none */
  readonly cookie?: string;
  /** @default the machine's */
  readonly clock?: Clock;
}

export interface EventSourceTransport {
  /** Streams that are open. */
  readonly count: number;
}

/** An `EventSource` comes back after so long, somewhere between, in milliseconds: not all at once. */
const returning = { fromMs: 1_000, toMs: 5_000 };

/** @throws {UsageError} `PATH_TAKEN`, or `OPTION_INVALID` for a limit that is not above zero. */
export function eventSourceTransport(options: EventSourceTransportOptions): EventSourceTransport {
  const { endpoint, path, origins = 'same', hosts = 'safe', clock = systemClock } = options;
  const limits = httpRoadLimits(options);
  const pipes = new Set<EventPipe>();
  const wants = ({ method }: Pick<PlainRequest, 'method'>): boolean => method === 'GET';
  endpoint.answer(path, { origins, hosts, wants }, (request) => {
    const exchange = {
      incoming: request.incoming,
      response: request.response,
      origin: request.headers.one('origin'),
    };
    const wish = wishOf(request, options.cookie);
    if (wish === undefined) {
      give(exchange, refusal('ROAD_REQUEST_INVALID', 'name a channel: ?channel=…'));
    } else if (pipes.size >= limits.maxRoads) {
      give(exchange, refusal('TOO_MANY_ROADS', 'too many clients are here: come back later'));
    } else {
      open(exchange, wish, request);
    }
  });

  function open(exchange: Exchange, wish: object, request: PlainRequest): void {
    const { address, headers } = request;
    const retryMs = randomInt(returning.fromMs, returning.toMs);
    const handshake = handshakeOf(request, isOurs(headers));
    const pipe = new EventPipe({ exchange, address, handshake, clock, limits, retryMs });
    pipes.add(pipe);
    const listener = options.gateway.open(pipe, options.hub);
    exchange.response.once('close', () => {
      pipes.delete(pipe);
      pipe.stop();
      listener.closed();
    });
    listener.received(JSON.stringify(wish));
  }

  return {
    get count() {
      return pipes.size;
    },
  };
}

function wishOf({ query, headers }: PlainRequest, cookie: string | undefined): object | undefined {
  const channel = query.get('channel');
  if (channel === null || channel === '') {
    return undefined;
  }
  const ticket = query.get('ticket');
  const token = ticket ?? (cookie === undefined ? undefined : cookieOf(headers, cookie));
  // The field is a browser's own, from its second connection on; before that a page may name where it stands.
  const since = headers.one('last-event-id') ?? query.get('since') ?? '';
  return {
    channel,
    ...(token === undefined ? {} : { token }),
    ...(since === '' ? {} : { since }),
  };
}

/** Browsers send cookies with what any page asks for, and say which page it is: it must be ours. */
function isOurs(headers: PlainRequest['headers']): boolean {
  const site = headers.one('sec-fetch-site');
  return headers.has('sec-fetch-site') ? site === 'same-origin' : !headers.has('origin');
}

function cookieOf(headers: PlainRequest['headers'], name: string): string | undefined {
  if (!isOurs(headers)) {
    return undefined;
  }
  for (const part of headers.all('cookie').flatMap((value) => value.split(';'))) {
    const mark = part.indexOf('=');
    if (mark > 0 && part.slice(0, mark).trim() === name) {
      return part.slice(mark + 1).trim();
    }
  }
  return undefined;
}
