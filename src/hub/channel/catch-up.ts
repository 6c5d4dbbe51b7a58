/**
 * One session's place in one channel: history meets live (docs/1-learn/guarantees.md, Resume).
 * In: a position, the log, and what the channel says meanwhile. Out: messages, each publication linking to the one before it or to a
 * gap. Nothing waits here for a client that reads slowly: it goes back to the log. Fails: `start` rejects when the log cannot be read;
 * later failures are tried again until the subscription is left.
 */
import { Shared } from '../../ground/shared.ts';
import {
  beginning,
  type Gap,
  type Position,
  type ServerMessage,
  samePosition,
} from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { type Entry, entryFor, gapMessage } from './entry.ts';
import { Held } from './held.ts';
import { type Fit, fit } from './judge.ts';
import { Pause } from './pause.ts';
import type { Followed, Receiver } from './receiver.ts';
import { readLog, readState, type Stretch } from './stretch.ts';

/**
 * `joining`: the channel is not being followed yet. `dropping`: what comes is left out until there is room. `left` is for ever: a session
 * that comes again makes a new one.
 */
type Phase = 'joining' | 'replaying' | 'live' | 'dropping' | 'left';

interface Asked {
  readonly id: number;
  readonly answered: (wasSent: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export class Subscription {
  /** Of the log. */
  readonly name: string;
  /** Resolves when its request has its answer, whatever that is. */
  answered: Promise<void> = Promise.resolve();
  /** Called once, when it is left. */
  whenLeft: (() => void) | undefined;
  private phase: Phase = 'joining';
  /** Undefined: nothing is known of what the channel keeps. */
  private position: Position | undefined;
  /** The request that is not answered yet. */
  private asked: Asked | undefined;
  private isCertified = false;
  /** Read from the log before the channel had them. */
  private foreseen: ReadonlySet<string> | undefined;
  /** What the channel had during a read. Bounded. */
  private readonly held: Held;
  /** The position was judged since this replay began. */
  private isVerified = false;
  /** The channel's own chain broke while a page was being read: that page may be of what is lost. */
  private hasBroken = false;
  /** Entries of one page: fewer after one that did not fit. */
  private pageEntries: number;
  private channel: Followed | undefined;
  private readonly receiver: Receiver;
  private readonly hub: Inside;
  private readonly pause: Pause;

  constructor(name: string, receiver: Receiver, hub: Inside) {
    this.name = name;
    this.receiver = receiver;
    this.hub = hub;
    this.pageEntries = hub.limits.pageEntries;
    this.held = new Held(hub.limits);
    this.pause = new Pause(hub.clock, () => hub.ids.chance());
  }

  get hasLeft(): boolean {
    return this.phase === 'left';
  }

  /** From `since` on, or from now on. Resolves with true when `subscribed` was sent, with false when it was left before. */
  async start(id: number, channel: Followed, since: Position | undefined): Promise<boolean> {
    this.channel = channel;
    const { kind } = channel.rules;
    if (kind === 'state' || (kind === 'log' && since !== undefined)) {
      this.position = since;
      return new Promise((answered, failed) => {
        this.asked = { id, answered, failed };
        void this.replay();
      });
    }
    const { top: position } = channel;
    this.position = position;
    this.phase = 'live';
    this.tell({ type: 'subscribed', id, channel: channel.shown, kind, position });
    this.certify(position);
    return true;
  }

  /** The channel has one more. */
  entry(entry: Entry): void {
    if (this.phase === 'live') {
      if (this.follow(entry) === 'strange') {
        void this.replay();
      }
    } else {
      this.held.add(entry);
    }
  }

  /** The channel's own chain broke, beyond repair. */
  gapped(gap: Gap, message: Shared<ServerMessage>): void {
    const isLog = this.channel?.rules.kind === 'log';
    if (isLog && this.phase === 'live' && samePosition(this.position!, gap.from)) {
      this.position = gap.to;
      this.receiver.send(message);
    } else if (this.phase === 'live') {
      // Of keyed state only the first page is judged: those after it may have led us past what was lost.
      this.position = isLog ? this.position : gap.from;
      void this.replay();
    } else if (this.phase === 'replaying') {
      // It reads the log itself, and finds what the channel found.
      this.held.isIncomplete = true;
      this.hasBroken = true;
    }
  }

  /** Lives ahead of the channel, and the log was seen to end there: it has more by now, or has lost what we have. */
  ends(end: Position): void {
    if (this.phase === 'live' && !samePosition(this.position!, end)) {
      void this.replay();
    }
  }

  /** A signal on the channel: the first to be left out when too much waits. */
  signalled(message: Shared<ServerMessage>): void {
    const isIn = this.phase === 'live' || this.phase === 'dropping' || this.isCertified;
    const mayDrop = this.channel?.rules.kind !== 'signals' || this.channel.rules.slow === 'drop';
    if (isIn && !this.hasLeft && (this.receiver.hasRoom || !mayDrop)) {
      this.receiver.send(message);
    }
  }

  leave(): void {
    this.phase = 'left';
    this.held.end();
    this.pause.end();
    this.whenLeft?.();
    this.whenLeft = undefined;
    this.asked?.answered(false);
    this.asked = undefined;
  }

  /** Sends what links to our position; what is strange sends us back to the log. */
  private follow(entry: Entry): Fit {
    const fits = this.fits(entry);
    if (fits !== 'next') {
      return fits;
    }
    const { slow } = this.channel!.rules;
    if (slow !== 'disconnect' && this.receiver.isFull) {
      this.hub.notes.slowed(this.channel!.shown, slow);
      if (slow !== 'drop') {
        return 'strange';
      }
      void this.drop();
      return 'known';
    }
    this.foreseen = undefined;
    this.position = entry.position;
    this.receiver.send(entry.message);
    return fits;
  }

  private fits(entry: Entry): Fit {
    const last = this.position!;
    const isState = this.channel!.rules.kind === 'state';
    // Of keyed state not every entry is read, so its id proves nothing; the channel itself watches over the chain.
    if (isState && entry.epoch === last.epoch && entry.publication.offset <= last.offset) {
      return 'known';
    }
    return fit(last, entry, this.foreseen);
  }

  /** Leaves out what comes until there is room, and says so. */
  private async drop(): Promise<void> {
    this.phase = 'dropping';
    await this.receiver.room();
    if (this.phase !== 'dropping') {
      return;
    }
    this.phase = 'live';
    this.foreseen = undefined;
    const gap: Gap = { reason: 'dropped', from: this.position!, to: this.channel!.top };
    if (!samePosition(gap.from, gap.to)) {
      this.fall(gap);
    }
  }

  /** Page by page to the end of the log, then live. */
  private async replay(): Promise<void> {
    this.phase = 'replaying';
    this.isVerified = false;
    let isDone = false;
    while (!isDone && !this.hasLeft) {
      try {
        // Not in turn: answers of other channels need no room.
        await this.waitForRoom();
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

  private async waitForRoom(): Promise<void> {
    // An answer waits for no data.
    if (this.asked === undefined && !this.hasLeft) {
      await this.receiver.room();
    }
  }

  /** True when that was the last page, and we are live. */
  private async replayPage(): Promise<boolean> {
    const isAnswer = this.asked !== undefined;
    if (this.hasLeft || !(isAnswer || this.receiver.hasRoom)) {
      return false;
    }
    this.held.begin();
    this.hasBroken = false;
    try {
      // Between the end of the read and the end of this nothing is awaited: what is not held is live.
      return this.take(await this.read(), isAnswer ? 0 : 1);
    } finally {
      this.held.end();
    }
  }

  private take(stretch: Stretch, least: number): boolean {
    this.pause.reset();
    // However much of it has room: where that ends was read from this log.
    this.isVerified = !this.hasBroken;
    if (this.hasLeft || !this.sendAll(stretch, least)) {
      return false;
    }
    if (stretch.end === undefined && stretch.owed.length === 0) {
      throw new Error('the log says that it has more, and gives nothing');
    }
    this.foreseen = stretch.ids;
    if (stretch.end === undefined) {
      return false;
    }
    this.position = stretch.end;
    return this.goLive();
  }

  private read(): Promise<Stretch> {
    const { log } = this.hub.broker;
    const { name: channel, position: since, isVerified, pageEntries: limit } = this;
    return this.channel!.rules.kind === 'state'
      ? readState(log, { channel, since, limit, isVerified })
      : readLog(log, { channel, since: since!, limit });
  }

  /**
   * False when the client has no room for all of it: the rest is read again when it has. Nothing is awaited in here.
   * @param least So many are sent in any case, so that it goes on however the room is shared.
   */
  private sendAll(stretch: Stretch, least: number): boolean {
    const { owed, epoch } = stretch;
    const answered = this.answer(stretch);
    let sent = 0;
    for (const one of owed.slice(answered)) {
      if (sent >= least && !this.receiver.hasRoom) {
        this.pageEntries = Math.max(2, sent * 2);
        return false;
      }
      sent += 1;
      if ('gap' in one) {
        this.fall(one.gap);
      } else {
        const entry = entryFor(this.channel!.shown, epoch, one.publication);
        this.position = entry.position;
        this.receiver.send(entry.message);
      }
    }
    this.pageEntries = Math.min(this.hub.limits.pageEntries, this.pageEntries * 2);
    return true;
  }

  /** Answers the request if that is still to be done. How many of those owed are said with it. */
  private answer({ owed, epoch, snapshot }: Stretch): 0 | 1 {
    const { asked } = this;
    const first = owed[0] !== undefined && 'gap' in owed[0] ? owed[0].gap : undefined;
    if (asked === undefined) {
      return 0;
    }
    const { shown: channel, rules } = this.channel!;
    if (first !== undefined && !snapshot) {
      this.hub.notes.gapped(channel, first.reason);
      this.channel!.fell(first);
    }
    this.position = first?.to ?? (snapshot ? beginning(epoch) : this.position!);
    const answer = { type: 'subscribed', id: asked.id, channel, kind: rules.kind } as const;
    // What replaces everything leaves no gap.
    const fell = snapshot ? { snapshot } : first === undefined ? {} : { gap: first };
    this.tell({ ...answer, position: this.position, ...fell });
    this.asked = undefined;
    asked.answered(true);
    return first === undefined ? 0 : 1;
  }

  private fall(gap: Gap): void {
    const { shown } = this.channel!;
    this.hub.notes.gapped(shown, gap.reason);
    this.channel!.fell(gap);
    this.position = gap.to;
    // Keyed state begins anew after a gap; what comes is certified when it is whole.
    this.isCertified = this.isCertified && this.channel!.rules.kind !== 'state';
    this.receiver.send(gapMessage(shown, gap));
  }

  /** Nothing is awaited in here, so nothing can come in between. False when the log has to be read again. */
  private goLive(): boolean {
    this.phase = 'live';
    for (const entry of this.held.entries) {
      const isLost = this.channel!.isFallen(this.position!);
      if (this.phase === 'live' && (isLost || this.follow(entry) === 'strange')) {
        this.phase = 'replaying';
        return false;
      }
    }
    if (this.held.isIncomplete || this.hasLeft) {
      this.phase = this.hasLeft ? 'left' : 'replaying';
      return false;
    }
    if (samePosition(this.position!, this.channel!.top)) {
      this.foreseen = undefined;
    } else {
      this.channel!.outran(this);
    }
    if (!this.isCertified) {
      this.certify(this.position!);
    }
    return true;
  }

  private certify(position: Position): void {
    this.isCertified = true;
    this.tell({ type: 'caughtUp', channel: this.channel!.shown, position });
  }

  private tell(message: ServerMessage): void {
    this.receiver.send(new Shared(message));
  }
}
