/**
 * How the requests of one client ended, for an application that wants to be told.
 * In: requests as they come, all that the client is told, and what became of signals, of which it is told nothing. Out: one word for each of
 * them; ANSWER_UNKNOWN where the client is gone before. Cannot fail. Bounded by what a client may have open, and of signals by `mostSignals`.
 */
import type { ErrorCode, ServerMessage, Signal } from '../../wire/index.ts';
import type { AnsweredRequest } from '../application.ts';
import { rosterOf } from '../presence/asked-channel.ts';
import type { Asker } from './asker.ts';
import type { Request } from './requests.ts';

type Named = Pick<AnsweredRequest, 'action' | 'channel' | 'name'>;

interface Open {
  readonly atMs: number;
  /** By channel, as far as they are not answered; of a request that has one part, under no name. */
  readonly parts: Map<string | undefined, Named>;
}

/** Signals that wait for the policy, or for a bus that does not say what became of them. */
export const mostSignals = 1_000;

export class Trail {
  private readonly session: Pick<Asker, 'whom'>;
  private readonly answered: (request: AnsweredRequest) => void;
  private readonly nowMs: () => number;
  private readonly open = new Map<number, Open>();
  /** When they came, oldest first. They have no ids. */
  private readonly signals = new Map<Signal, number>();

  constructor(
    session: Pick<Asker, 'whom'>,
    answered: (request: AnsweredRequest) => void,
    nowMs: () => number,
  ) {
    this.session = session;
    this.answered = answered;
    this.nowMs = nowMs;
  }

  get size(): number {
    return this.open.size + this.signals.size;
  }

  came(request: Request): void {
    if (request.type === 'signal') {
      this.signals.set(request, this.nowMs());
      this.forgetSignals(mostSignals);
      return;
    }
    const parts = partsOf(request);
    if (parts !== undefined && parts.size > 0) {
      this.open.set(request.id, { atMs: this.nowMs(), parts });
    }
  }

  told(message: ServerMessage): void {
    const ending = endingOf(message);
    const open = ending === undefined ? undefined : this.open.get(ending.id);
    if (ending === undefined || open === undefined) {
      return;
    }
    const { id, channel, refused } = ending;
    for (const part of partsEndedBy(open, channel)) {
      const named = open.parts.get(part)!;
      open.parts.delete(part);
      this.say(named, refused, open.atMs);
    }
    if (open.parts.size === 0) {
      this.open.delete(id);
    }
  }

  /** It was passed on, or was not. Once for each. */
  signalled(signal: Signal, refused: ErrorCode | undefined): void {
    const atMs = this.signals.get(signal);
    if (atMs !== undefined) {
      this.signals.delete(signal);
      const { channel, event: name } = signal;
      this.say({ action: 'signal', channel, name }, refused, atMs);
    }
  }

  /** The client is gone. What it asked may have been done, or not. */
  end(): void {
    for (const [id, { atMs, parts }] of this.open) {
      this.open.delete(id);
      for (const named of parts.values()) {
        this.say(named, 'ANSWER_UNKNOWN', atMs);
      }
    }
    this.forgetSignals(0);
  }

  private forgetSignals(most: number): void {
    for (const signal of this.signals.keys()) {
      if (this.signals.size <= most) {
        break;
      }
      this.signalled(signal, 'ANSWER_UNKNOWN');
    }
  }

  private say(named: Named, refused: ErrorCode | undefined, atMs: number): void {
    const { user, guest } = this.session.whom;
    this.answered({ user, guest, ...named, refused, tookMs: this.nowMs() - atMs });
  }
}

function partsOf(request: Exclude<Request, Signal>): Open['parts'] | undefined {
  switch (request.type) {
    case 'subscribe':
    case 'history':
      return one(reading(request.channel));
    case 'resume':
      return new Map(request.channels.map(({ channel }) => [channel, reading(channel)]));
    case 'publish': {
      const { channel, event, key, removed } = request;
      const action = removed === true ? 'remove' : 'set';
      return one({ action: key === undefined ? 'publish' : action, channel, name: event ?? key });
    }
    case 'enter':
      return one({ action: 'enter', channel: request.channel, name: undefined });
    case 'call':
      return one({ action: 'call', channel: request.channel, name: request.method });
    default:
      return undefined;
  }
}

/** As the policy is asked: a roster is looked at, by the name of the channel whose it is. */
function reading(shown: string): Named {
  const channel = rosterOf(shown);
  return channel === undefined
    ? { action: 'subscribe', channel: shown, name: undefined }
    : { action: 'roster', channel, name: undefined };
}

function one(named: Named): Open['parts'] {
  return new Map([[undefined, named]]);
}

/** Of a `resume` a channel for itself, or all that is left, where no channel is named. What has ended already does not end again. */
function partsEndedBy({ parts }: Open, channel: string | undefined): (string | undefined)[] {
  if (channel === undefined || parts.has(undefined)) {
    return [...parts.keys()];
  }
  return parts.has(channel) ? [channel] : [];
}

interface Ending extends Pick<AnsweredRequest, 'refused'> {
  readonly id: number;
  readonly channel: string | undefined;
}

function endingOf(message: ServerMessage): Ending | undefined {
  switch (message.type) {
    case 'subscribed':
      return { id: message.id, channel: message.channel, refused: undefined };
    case 'error':
      return { id: message.id, channel: message.channel, refused: message.code };
    case 'appended':
    case 'entered':
    case 'historyPage':
    case 'reply':
      return { id: message.id, channel: undefined, refused: undefined };
    default:
      return undefined;
  }
}
