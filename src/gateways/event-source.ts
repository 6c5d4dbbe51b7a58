/**
 * `tautline/gateways/event-source`: one channel for a plain `EventSource`, which can only listen.
 * In: what is wanted, as one message of JSON: a token, a channel, and the last event that was seen. Out: events, whose ids are
 * positions. Fails: what is not allowed ends the pipe with the reason; a channel that cannot go on from there says so by an event `gap`.
 */
import { eventLines } from '../ground/event-stream.ts';
import { toBase64 } from '../ground/payload-events.ts';
import { Shared } from '../ground/shared.ts';
import type { Desk, FrontDesk, Gateway, Payload, Pipe, PipeListener } from '../ports/index.ts';
import {
  at,
  type Disconnect,
  disconnects,
  fromText,
  type Link,
  type Position,
  type Refused,
  type ServerMessage,
  toText,
  wireVersion,
} from '../wire/index.ts';

/** What whoever listens wants: said by the transport, once. */
export interface Wish {
  readonly token?: string;
  readonly channel: string;
  /** The id of the last event that was seen. */
  readonly since?: string;
}

/** The gateway for one channel by events: transports make its pipes, clients know nothing of it. */
export function eventSource(): Gateway {
  return { subprotocol: 'tautline.v1.events', open: (pipe, desk) => new Follower(pipe, desk) };
}

class Follower implements PipeListener {
  private readonly pipe: Pipe;
  private readonly desk: Desk;
  private wish: Wish | undefined;
  private since: Position | undefined;
  private epoch = '';

  constructor(pipe: Pipe, frontDesk: FrontDesk) {
    this.pipe = pipe;
    this.desk = frontDesk.open({
      name: pipe.name,
      address: pipe.address,
      handshake: pipe.handshake,
      get bufferedBytes() {
        return pipe.bufferedBytes;
      },
      send: (message) => this.tell(message),
      drained: () => pipe.drained(),
      close: (why) => pipe.close(why),
    });
  }

  received(payload: Payload): void {
    this.wish = JSON.parse(String(payload)) as Wish;
    const { token, since } = this.wish;
    this.since = since === undefined ? undefined : positionOf(since);
    if (since !== undefined && this.since === undefined) {
      this.desk.reject({ ...disconnects.MESSAGE_INVALID, reason: 'Last-Event-ID is no position' });
      return;
    }
    const hello = { type: 'hello', version: wireVersion, capabilities: [] } as const;
    this.desk.receive(token === undefined ? hello : { ...hello, token });
  }

  closed(): void {
    this.desk.closed();
  }

  /** What a listener cannot use is left out: answers to requests it cannot make. */
  private tell(shared: Shared<ServerMessage>): void {
    const message = shared.value;
    switch (message.type) {
      case 'welcome':
        this.subscribe();
        break;
      case 'error':
        this.pipe.close(awayWith(message));
        break;
      case 'subscribed': {
        const { kind, gap, snapshot, position } = message;
        this.epoch = position.epoch;
        // Without an id: when there is something to catch up with, it has yet to come.
        this.write(undefined, eventLines('subscribed', JSON.stringify({ kind, gap, snapshot })));
        break;
      }
      case 'gap':
        this.epoch = message.gap.to.epoch;
        this.write(message.gap.to, eventLines('gap', JSON.stringify(message.gap)));
        if (message.gap.reason === 'unauthorised') {
          // Nothing else comes here. If it comes back, it is asked about again.
          this.pipe.close(disconnects.UNAUTHORISED);
        }
        break;
      case 'caughtUp':
        this.write(message.position, '');
        break;
      case 'advance':
        this.write(message.to, '');
        break;
      case 'publication':
        this.write(message.publication, shared.as(publicationLines));
        break;
      case 'signal':
        this.write(undefined, shared.as(signalLines));
        break;
    }
  }

  private subscribe(): void {
    const { channel } = this.wish!;
    const { since } = this;
    const subscribe = { type: 'subscribe', id: 1, channel } as const;
    this.desk.receive(since === undefined ? subscribe : { ...subscribe, since });
  }

  /** An event without data is not told to the page, but its id counts. */
  private write(position: Link | Position | undefined, lines: string): void {
    if (position !== undefined && 'epoch' in position) {
      this.epoch = position.epoch;
    }
    const id = position === undefined ? '' : `id: ${idOf(at(this.epoch, position))}\n`;
    this.pipe.send(new Shared<Payload>(`${id}${lines}\n`));
  }
}

/** Names of logs and entries, whoever made them, keep to one line and to characters that every field can have (THREATS D16). */
function idOf(position: Position): string {
  return toText(position).replaceAll(/[^\w.~:+/=-]/gu, encodeURIComponent);
}

function positionOf(id: string): Position | undefined {
  try {
    return fromText(decodeURIComponent(id));
  } catch {
    return undefined;
  }
}

/** Whoever follows one channel has nothing to stay for without it. It is told in words of connections, with the code of the refusal as the reason. */
function awayWith({ code, retryable, retryAfterMs }: Refused): Disconnect {
  if (retryable || code === 'BROKER_UNAVAILABLE') {
    const { BUSY } = disconnects;
    return { ...BUSY, reason: code, retryAfterMs: retryAfterMs ?? BUSY.retryAfterMs! };
  }
  // Of itself the name is wrong, whoever asks: the rest is the policy's no.
  const why = code === 'CHANNEL_INVALID' ? disconnects.MESSAGE_INVALID : disconnects.UNAUTHORISED;
  return { ...why, reason: code };
}

function publicationLines(message: ServerMessage): string {
  const { publication } = message as Extract<ServerMessage, { type: 'publication' }>;
  const { data, event, key, removed, atMs, by } = publication;
  return eventLines('', JSON.stringify({ data: plain(data), event, key, removed, atMs, by }));
}

function signalLines(message: ServerMessage): string {
  const { data, event, by } = message as Extract<ServerMessage, { type: 'signal' }>;
  return eventLines('signal', JSON.stringify({ data: plain(data), event, by }));
}

/** JSON has no bytes. */
function plain(data: unknown): unknown {
  return data instanceof Uint8Array ? { base64: toBase64(data) } : data;
}
