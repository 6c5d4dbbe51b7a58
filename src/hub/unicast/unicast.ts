/**
 * What the server says to one user, one session, or everybody.
 * In: the application's own words: no policy is asked. Out: to a user, an entry of the inbox, which resumes like any log; to a session, or to all,
 * a signal: at most once. Fails: rejects as the broker does; misuse rejects with a `HubUsageError`.
 */
import type { Clock } from '../../ground/clock.ts';
import { Shared } from '../../ground/shared.ts';
import type { Claims, Log, Post } from '../../ports/index.ts';
import { inboxChannel, type Position, type ServerMessage } from '../../wire/index.ts';
import { requireEvent, requireSayable } from '../calls/sayable.ts';
import { HubUsageError } from '../usage-error.ts';
import { inboxOf } from './inbox.ts';

/** A session, as signals see it. */
export interface Addressee {
  send(message: Shared<ServerMessage>): void;
  /** A promise while there is none: then a signal is dropped. */
  room(): Promise<void> | undefined;
}

export interface UnicastNeeds {
  readonly log: Log;
  readonly claims: Claims;
  readonly post: Post;
  readonly clock: Clock;
  readonly ids: { next(): string };
  readonly maxDataBytes: number;
  /** Those that this node holds. */
  readonly sessions: { find(id: string): Addressee | undefined; all(): Iterable<Addressee> };
}

/** What is said of a message to users or sessions beside its data. */
export interface SayOptions {
  /** A word of the application's for what this is. */
  readonly event?: string;
}

interface Said extends SayOptions {
  readonly data: unknown;
}

const everybody = '~all';

export class Unicast {
  private readonly needs: UnicastNeeds;
  private unfollow: (() => void)[] = [];

  constructor(needs: UnicastNeeds) {
    this.needs = needs;
  }

  /** From when it resolves, what other nodes send is heard. */
  async start(): Promise<void> {
    const { post } = this.needs;
    this.unfollow = [
      await post.follow(everybody, (message) => this.tellAll(message as Said)),
      await this.listen(),
    ];
  }

  /** The node has another name from now on. */
  async restart(): Promise<void> {
    const before = this.unfollow[1];
    this.unfollow[1] = await this.listen();
    before?.();
  }

  stop(): void {
    for (const unfollow of this.unfollow.splice(0)) {
      unfollow();
    }
  }

  /** Resolves when it is in the user's inbox, whether the user is there or not. */
  async toUser(user: string, data: unknown, { event }: SayOptions = {}): Promise<Position> {
    const { log, ids, clock, maxDataBytes } = this.needs;
    requireSayable(data, maxDataBytes);
    requireEvent(event);
    const publication = { id: ids.next(), data, atMs: clock.wallMs() };
    const named = event === undefined ? publication : { ...publication, event };
    const appended = await log.append(inboxOf(user), named);
    if (appended.outcome !== 'appended') {
      throw new Error(`what is appended on no condition was refused: ${appended.outcome}`);
    }
    return appended.position;
  }

  /** False: nobody holds the session. True says that it was sent, not that it arrived. */
  async toSession(id: string, data: unknown, { event }: SayOptions = {}): Promise<boolean> {
    const { claims, post, sessions } = this.needs;
    const said = this.signal(data, event);
    const here = sessions.find(id);
    if (here !== undefined) {
      tell([here], said);
      return true;
    }
    const claim = await claims.get(`~session:${id}`);
    if (claim === undefined) {
      return false;
    }
    const { node } = JSON.parse(claim.value) as { readonly node: string };
    await post.send(topicOf(node), { to: id, ...said });
    return true;
  }

  /** To every session of every node. */
  async broadcast(data: unknown, { event }: SayOptions = {}): Promise<void> {
    await this.needs.post.send(everybody, this.signal(data, event));
  }

  private signal(data: unknown, event: string | undefined): Said {
    requireSayable(data, this.needs.maxDataBytes);
    requireEvent(event);
    if (data instanceof Uint8Array) {
      // It travels between nodes as a part of something else, which is JSON.
      throw new HubUsageError('DATA_INVALID', 'signals are JSON values');
    }
    return event === undefined ? { data } : { data, event };
  }

  private listen(): Promise<() => void> {
    const { post, sessions } = this.needs;
    return post.follow(topicOf(post.node), (message) => {
      const { to, ...said } = message as Said & { readonly to: string };
      const session = sessions.find(to);
      tell(session === undefined ? [] : [session], said);
    });
  }

  private tellAll(said: Said): void {
    tell(this.needs.sessions.all(), said);
  }
}

/** One message for all of them: encoded once. */
function tell(sessions: Iterable<Addressee>, { data, event }: Said): void {
  const named = event === undefined ? { data } : { data, event };
  const message = new Shared<ServerMessage>({ type: 'signal', channel: inboxChannel, ...named });
  for (const session of sessions) {
    // Signals are the first to go when a client reads slowly.
    if (session.room() === undefined) {
      session.send(message);
    }
  }
}

function topicOf(node: string): string {
  return `~sessions:${node}`;
}
