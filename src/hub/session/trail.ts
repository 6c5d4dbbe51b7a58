/**
 * How the requests of one client ended, for an application that wants to be told.
 * In: requests as they come, and all that the client is told. Out: a word for each request that was answered. Cannot fail. Bounded by what a client
 * may have open: whatever it asks is answered, or its session is over.
 */
import type { Of, ServerMessage } from '../../wire/index.ts';
import type { AnsweredRequest } from '../application.ts';
import type { Asker } from './asker.ts';
import type { Request } from './requests.ts';

export type Trailed = Of<
  Request,
  'call' | 'enter' | 'history' | 'publish' | 'resume' | 'subscribe'
>;

type Named = Pick<AnsweredRequest, 'action' | 'channel' | 'name'>;

interface Open {
  readonly atMs: number;
  /** By channel, as far as they are not answered; of a request that has one part, under no name. */
  readonly parts: Map<string | undefined, Named>;
}

export class Trail {
  private readonly session: Pick<Asker, 'whom'>;
  private readonly answered: (request: AnsweredRequest) => void;
  private readonly nowMs: () => number;
  private readonly open = new Map<number, Open>();

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
    return this.open.size;
  }

  came(request: Request): void {
    const parts = partsOf(request);
    if (parts !== undefined && 'id' in request && parts.size > 0) {
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
    const parts = partsEndedBy(open, channel);
    const { user, guest } = this.session.whom;
    for (const part of parts) {
      const named = open.parts.get(part)!;
      open.parts.delete(part);
      this.answered({ user, guest, ...named, refused, tookMs: this.nowMs() - open.atMs });
    }
    if (open.parts.size === 0) {
      this.open.delete(id);
    }
  }

  end(): void {
    this.open.clear();
  }
}

function partsOf(request: Request): Open['parts'] | undefined {
  switch (request.type) {
    case 'subscribe':
    case 'history':
      return one({ action: 'subscribe', channel: request.channel, name: undefined });
    case 'resume': {
      const parts = request.channels.map(
        ({ channel }) => [channel, { action: 'subscribe', channel, name: undefined }] as const,
      );
      return new Map(parts);
    }
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
