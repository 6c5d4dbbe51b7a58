/**
 * One session's place in one channel: history meets live (docs/1-learn/guarantees.md, Resume).
 * In: a position, the log, and what the channel says meanwhile. Out: messages, each publication linking to the one before it or to a
 * gap. Fails: `start` rejects when the log cannot be read; later failures are tried again until the subscription is left.
 */
import { Shared } from '../../ground/shared.ts';
import {
  at,
  type Gap,
  type Position,
  type Publication,
  type ServerMessage,
  samePosition,
} from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { type Fit, fit, idsOf, type Owed, owed } from './judge.ts';
import { Pause } from './pause.ts';
import { readFrom } from './read.ts';

/** A publication on its way to many: one position and one message for all of them. */
export interface Entry {
  readonly epoch: string;
  readonly position: Position;
  readonly publication: Publication;
  readonly message: Shared<ServerMessage>;
}

export function entryFor(channel: string, epoch: string, publication: Publication): Entry {
  return {
    epoch,
    position: at(epoch, publication),
    publication,
    message: new Shared<ServerMessage>({ type: 'publication', channel, publication }),
  };
}

export function gapMessage(channel: string, gap: Gap): Shared<ServerMessage> {
  return new Shared<ServerMessage>({ type: 'gap', channel, gap });
}

/** What a subscription needs of its session. */
export interface Receiver {
  send(message: Shared<ServerMessage>): void;
  /** Resolves when there is room for more of a replay. At once, if there is. */
  room(): Promise<void> | undefined;
  /** Runs one replay's page at a time, so that a session with many holds one page in memory. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** What a subscription needs of its channel, once it has joined. */
export interface Followed {
  /** Where the channel stands on this hub. */
  readonly top: Position;
}

/** `joining`: the channel is not being followed yet. `left` is for ever: a session that comes again makes a new one. */
type Phase = 'joining' | 'replaying' | 'live' | 'left';

interface Asked {
  readonly id: number;
  readonly answered: (wasSent: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export class Subscription {
  /** Resolves when its request has its answer, whatever that is. */
  answered: Promise<void> = Promise.resolve();
  private phase: Phase = 'joining';
  private position: Position | undefined;
  /** The request that is not answered yet. */
  private asked: Asked | undefined;
  private isCertified = false;
  /** Read from the log before the channel had them. */
  private foreseen: ReadonlySet<string> | undefined;
  /** What the channel had during a read. Bounded. */
  private held: Entry[] = [];
  private overflowed = false;
  private readonly name: string;
  private channel: Followed | undefined;
  private readonly receiver: Receiver;
  private readonly hub: Inside;
  private readonly pause: Pause;

  constructor(name: string, receiver: Receiver, hub: Inside) {
    this.name = name;
    this.receiver = receiver;
    this.hub = hub;
    this.pause = new Pause(hub.clock, () => hub.ids.chance());
  }

  get hasLeft(): boolean {
    return this.phase === 'left';
  }

  /** From `since` on, or from now on. Resolves with true when `subscribed` was sent, with false when it was left before. */
  async start(id: number, channel: Followed, since: Position | undefined): Promise<boolean> {
    this.channel = channel;
    if (since !== undefined) {
      this.position = since;
      return new Promise((answered, failed) => {
        this.asked = { id, answered, failed };
        void this.replay();
      });
    }
    const { top } = channel;
    this.position = top;
    this.phase = 'live';
    this.tell({ type: 'subscribed', id, channel: this.name, position: top });
    this.certify(top);
    return true;
  }

  /** The channel has one more. */
  entry(entry: Entry): void {
    if (this.phase === 'live') {
      if (this.follow(entry) === 'strange') {
        void this.replay();
      }
    } else if (this.phase === 'replaying') {
      this.hold(entry);
    }
  }

  /** The channel's own chain broke, beyond repair. */
  gapped(gap: Gap, message: Shared<ServerMessage>): void {
    if (this.phase === 'live' && samePosition(this.position!, gap.from)) {
      this.position = gap.to;
      this.receiver.send(message);
    } else if (this.phase === 'live') {
      void this.replay();
    } else {
      // It reads the log itself, and finds what the channel found.
      this.overflowed = true;
    }
  }

  leave(): void {
    this.phase = 'left';
    this.held = [];
    this.pause.end();
    this.asked?.answered(false);
    this.asked = undefined;
  }

  /** Sends what links to our position; what is strange sends us back to the log. */
  private follow(entry: Entry): Fit {
    const fits = fit(this.position!, entry, this.foreseen);
    if (fits === 'next') {
      this.foreseen = undefined;
      this.position = entry.position;
      this.receiver.send(entry.message);
    }
    return fits;
  }

  private hold(entry: Entry): void {
    if (this.held.length < this.hub.limits.replayBuffer) {
      this.held.push(entry);
    } else {
      this.overflowed = true;
    }
  }

  /** Page by page to the end of the log, then live. */
  private async replay(): Promise<void> {
    this.phase = 'replaying';
    let isDone = false;
    while (!isDone && !this.hasLeft) {
      try {
        isDone = await this.receiver.inTurn(() => this.replayPage());
      } catch (error) {
        if (this.asked !== undefined) {
          this.asked.failed(error);
          this.asked = undefined;
          return;
        }
        this.hub.notes.failed(error);
        if (!this.hasLeft) {
          await this.pause.wait();
        }
      }
    }
  }

  /** True when that was the last page, and we are live. */
  private async replayPage(): Promise<boolean> {
    if (this.hasLeft) {
      return false;
    }
    const before = this.position!;
    // What was announced before a read begins is in the log that it reads: only what comes from here on need be held.
    this.held = [];
    this.overflowed = false;
    const limit = this.hub.limits.pageEntries;
    const page = await readFrom(this.hub.broker, { channel: this.name, since: before, limit });
    this.pause.reset();
    await this.sendAll(page.epoch, this.answer(owed(before, page)));
    this.foreseen = idsOf(page);
    if (samePosition(this.position!, at(page.epoch, page.top))) {
      return this.goLive();
    }
    if (samePosition(this.position!, before) && !this.hasLeft) {
      throw new Error('the log says that it has more entries, and gives none');
    }
    return false;
  }

  /** Answers the request if that is still to be done; gives what remains to be sent. */
  private answer(list: Owed[]): Owed[] {
    const { asked, name: channel } = this;
    if (asked === undefined) {
      return list;
    }
    const gap = list[0] !== undefined && 'gap' in list[0] ? list[0].gap : undefined;
    if (gap === undefined) {
      this.tell({ type: 'subscribed', id: asked.id, channel, position: this.position! });
    } else {
      this.hub.notes.gapped(channel, gap.reason);
      this.position = gap.to;
      this.tell({ type: 'subscribed', id: asked.id, channel, position: gap.to, gap });
    }
    this.asked = undefined;
    asked.answered(true);
    return gap === undefined ? list : list.slice(1);
  }

  private async sendAll(epoch: string, list: readonly Owed[]): Promise<void> {
    for (const one of list) {
      const room = this.receiver.room();
      if (room !== undefined) {
        await room;
      }
      if (this.hasLeft) {
        return;
      }
      if ('gap' in one) {
        this.hub.notes.gapped(this.name, one.gap.reason);
        this.position = one.gap.to;
        this.receiver.send(gapMessage(this.name, one.gap));
      } else {
        const entry = entryFor(this.name, epoch, one.publication);
        this.position = entry.position;
        this.receiver.send(entry.message);
      }
    }
  }

  /** Nothing is awaited in here, so nothing can come in between. False when the log has to be read again. */
  private goLive(): boolean {
    for (const entry of this.held) {
      if (this.hasLeft || this.follow(entry) === 'strange') {
        return false;
      }
    }
    if (this.overflowed || this.hasLeft) {
      return false;
    }
    this.held = [];
    this.phase = 'live';
    if (this.channel !== undefined && samePosition(this.position!, this.channel.top)) {
      this.foreseen = undefined;
    }
    if (!this.isCertified) {
      this.certify(this.position!);
    }
    return true;
  }

  private certify(position: Position): void {
    this.isCertified = true;
    this.tell({ type: 'caughtUp', channel: this.name, position });
  }

  private tell(message: ServerMessage): void {
    this.receiver.send(new Shared(message));
  }
}
