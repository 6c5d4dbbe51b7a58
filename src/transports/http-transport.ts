/**
 * `tautline/transports/http`: clients that cannot have a websocket reach their session by plain requests: events or polls down, POST up.
 * In: a path of an endpoint. Out: pipes, to gateways. Fails: what is wrong with a request is its answer.
 *
 * All of it is told by fields of our own, which no page of another origin can send unasked (THREATS D17). A road may be asked for at
 * any node, and its downlink may change its kind with each request.
 */
import {
  type Endpoint,
  type Hosts,
  type Origins,
  type PlainRequest,
  systemClock,
} from '../endpoint/index.ts';
import type { Clock } from '../ground/clock.ts';
import type { FrontDesk, Gateway } from '../ports/index.ts';
import { handshakeOf, mayBringCredentials } from './handshake.ts';
import { type Answer, type Exchange, give, json, readBody, refusal } from './http-answers.ts';
import { type Ask, gone, perform, refusalBy } from './http-asks.ts';
import { readBatch } from './http-batch.ts';
import { type HttpRoadLimits, httpRoadLimits } from './http-options.ts';
import { HttpRelay } from './http-relay.ts';
import { HttpRoads } from './http-roads.ts';
import { streamEvents } from './sse.ts';

export type { RoadErrorCode } from './http-answers.ts';
export { type HttpRoadLimits, httpRoadDefaults } from './http-options.ts';

export interface HttpTransportOptions extends HttpRoadLimits {
  readonly endpoint: Endpoint;
  /** May be that of websockets: plain requests without our fields are left to others. */
  readonly path: string;
  /** Which pages may ask. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** One for each subprotocol; the client's choice among them is by this order. */
  readonly gateways: readonly Gateway[];
  readonly hub: FrontDesk;
  /** @default the machine's */
  readonly clock?: Clock;
}

export interface HttpTransport {
  /** Roads that are open on this node. */
  readonly count: number;
  /** From when it resolves, roads of this node can be asked for at others. Call it when the hub has started. */
  start(): Promise<void>;
  /** Ends all roads, and refuses those who come, until `start`. Call it when the hub has stopped, which tells clients why. */
  stop(): void;
}

/** @throws {UsageError} `PATH_TAKEN`, or `OPTION_INVALID` for a limit that is not above zero. */
export function httpTransport(options: HttpTransportOptions): HttpTransport {
  return new Office(options);
}

const roadField = 'tautline-road';
const acknowledgeField = 'tautline-acknowledge';
const downField = 'tautline-down';
const subprotocolsField = 'tautline-subprotocols';

const allowed: Answer = {
  status: 204,
  headers: {
    'Access-Control-Allow-Methods': 'DELETE, GET, POST',
    'Access-Control-Allow-Headers': `content-type, ${roadField}, ${acknowledgeField}, ${downField}, ${subprotocolsField}`,
    'Access-Control-Max-Age': '600',
  },
};

const full = refusal('TOO_MANY_ROADS', 'too many clients are here: come back later');

class Office implements HttpTransport {
  private readonly options: HttpTransportOptions;
  private readonly limits: Required<HttpRoadLimits>;
  private readonly clock: Clock;
  /** In the ids of our roads. The node may have another name later, and these roads nevertheless. */
  private readonly node: string;
  private readonly roads: HttpRoads;
  private readonly relay: HttpRelay;

  constructor(options: HttpTransportOptions) {
    const { endpoint, path, origins = 'same', hosts = 'safe', hub, clock = systemClock } = options;
    this.options = options;
    this.clock = clock;
    this.limits = httpRoadLimits(options);
    this.node = hub.post.node;
    this.roads = new HttpRoads(this.node, clock, this.limits);
    this.relay = new HttpRelay(hub.post, clock, this.limits, (ask, answer) => {
      perform(this.roads.find(ask.road), ask, answer);
    });
    endpoint.answer(path, { origins, hosts, wants }, (request) => this.receive(request));
  }

  get count(): number {
    return this.roads.count;
  }

  start(): Promise<void> {
    this.roads.start();
    return this.relay.start();
  }

  stop(): void {
    this.relay.stop();
    this.roads.stop();
  }

  private receive(request: PlainRequest): void {
    const { method, incoming, response, headers } = request;
    const exchange = { incoming, response, origin: headers.one('origin') };
    const road = headers.one(roadField);
    if (method === 'OPTIONS') {
      give(exchange, allowed);
    } else if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') {
      give(exchange, refusal('ROAD_METHOD_UNKNOWN', 'roads know GET, POST and DELETE'));
    } else if (method === 'GET' && road === 'probe') {
      // Who is told that there is a way takes it: not when there is none.
      give(exchange, this.roads.hasRoomFor(request.address) ? { status: 204 } : full);
    } else if (method === 'POST' && road === 'new') {
      give(exchange, this.open(request));
    } else if (road === undefined || nodeOf(road) === undefined) {
      give(exchange, refusal('ROAD_REQUEST_INVALID', `${roadField} names no road`));
    } else {
      void this.pass(request, exchange, road);
    }
  }

  private open(request: PlainRequest): Answer {
    const { gateways, hub, origins = 'same' } = this.options;
    const { headers, address, httpVersion } = request;
    const offered = headers.all(subprotocolsField).flatMap((value) => value.split(','));
    const names = new Set(offered.map((name) => name.trim()));
    const gateway = gateways.find(({ subprotocol }) => names.has(subprotocol));
    if (gateway === undefined) {
      const spoken = gateways.map(({ subprotocol }) => subprotocol).join(', ');
      return refusal('ROAD_SUBPROTOCOL_UNKNOWN', `offer one that is spoken here: ${spoken}`);
    }
    const name = isStream(headers.one(downField)) ? 'sse' : 'long-poll';
    const handshake = handshakeOf(request, mayBringCredentials(request, origins));
    const road = this.roads.open({ name, address, handshake });
    if (road === undefined) {
      return full;
    }
    road.tell(gateway.open(road, hub));
    return json(201, { road: road.id, subprotocol: gateway.subprotocol, http: httpVersion });
  }

  /** Never rejects. */
  private async pass(request: PlainRequest, exchange: Exchange, road: string): Promise<void> {
    const ask = await this.read(request, exchange, road);
    if (ask === undefined) {
      return;
    }
    if ('status' in ask) {
      give(exchange, ask);
      return;
    }
    const node = nodeOf(road)!;
    if (node !== this.node) {
      const answer = await this.relay.ask(node, ask);
      give(exchange, opensStream(ask, request) && answer.status === 204 ? begun : answer);
    } else if (ask.kind === 'down' && isStream(request.headers.one(downField))) {
      this.stream(exchange, ask);
    } else {
      const drop = perform(this.roads.find(road), ask, (answer, onSent) => {
        give(exchange, answer, onSent);
      });
      exchange.response.once('close', drop);
    }
  }

  private stream(
    exchange: Exchange,
    { road: id, acknowledged }: Extract<Ask, { kind: 'down' }>,
  ): void {
    const road = this.roads.find(id);
    const refused = road === undefined ? gone : refusalBy(road, acknowledged);
    if (refused === undefined) {
      streamEvents(road!, exchange, acknowledged);
    } else {
      give(exchange, refused);
    }
  }

  private async read(
    { method, headers }: PlainRequest,
    exchange: Exchange,
    road: string,
  ): Promise<Ask | Answer | undefined> {
    if (method === 'DELETE') {
      return { kind: 'leave', road };
    }
    const acknowledged = numberIn(headers.one(acknowledgeField));
    if (acknowledged === undefined) {
      return refusal('ROAD_REQUEST_INVALID', `${acknowledgeField} is the number of the last event`);
    }
    if (method === 'GET') {
      const down = headers.one(downField);
      const isSoon = down === 'now' || (isStream(down) && acknowledged === 0);
      return { kind: 'down', road, acknowledged, waitMs: isSoon ? 1 : this.limits.pollMs };
    }
    if (!/^application\/json *(;|$)/i.test(headers.one('content-type') ?? '')) {
      return refusal('ROAD_TYPE_UNKNOWN', 'a body is application/json');
    }
    const came = (): void => this.roads.find(road)?.touch();
    const body = await readBody(exchange, { ...this.limits, clock: this.clock, came });
    if (typeof body !== 'string') {
      return body;
    }
    const batch = readBatch(body, this.limits.maxBatch);
    return 'problem' in batch
      ? refusal('ROAD_BODY_INVALID', batch.problem)
      : { kind: 'up', road, acknowledged, ...batch };
  }
}

/** Whether the request is for us: the others are left to the application. */
function wants({ method, headers }: Pick<PlainRequest, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS'
    ? headers.hasToken('access-control-request-headers', roadField)
    : headers.has(roadField);
}

/** An id is the name of a node, a point, and a secret. What else could be one is none. */
function nodeOf(road: string): string | undefined {
  return /^([\w.:~-]{1,100})\.[\w-]{24}$/.exec(road)?.[1];
}

/** Of another node's road there are polls only; who wants a stream says nothing before its first byte has come. */
const begun: Answer = { status: 200, type: 'text/event-stream', body: ':\n\n' };

function opensStream(ask: Ask, { headers }: PlainRequest): boolean {
  return ask.kind === 'down' && ask.acknowledged === 0 && isStream(headers.one(downField));
}

function isStream(down: string | undefined): boolean {
  return down === 'stream';
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
