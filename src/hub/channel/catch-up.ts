/**
 * One session's place in one channel: history meets live (docs/1-learn/guarantees.md, Resume).
 * In: a position, the log, and what the channel says meanwhile. Out: what the reader is told, in the order of the log. Nothing waits here for
 * a client that reads slowly: it goes back to the log. Fails: `start` rejects when the log cannot be read; later failures are tried again
 * until the subscription is left.
 */
import type { Shared } from '../../ground/shared.ts';
import {
  beginning,
  type Gap,
  type Position,
  type ServerMessage,
  samePosition,
} from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { Delivery } from './delivery.ts';
import { type Entry, entryFor } from './entry.ts';
import { Held } from './held.ts';
import { type Fit, fit } from './judge.ts';
import { Pages } from './pages.ts';
import { Pause } from './pause.ts';
import type { Followed, Receiver } from './receiver.ts';
import { fullSight, type Sight } from './sight.ts';
import type { Stretch } from './stretch.ts';

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
  /** The request that is not answered yet. */
  private asked: Asked | undefined;
  /** The policy took it back before it was answered. */
  private isForbidden = false;
  /** Read from the log before the channel had them. */
  private foreseen: ReadonlySet<string> | undefined;
  /** What the channel had during a read. Bounded. */
  private readonly held: Held;
  private channel: Followed | undefined;
  private readonly delivery: Delivery;
  private readonly pages: Pages;
  private readonly receiver: Receiver;
  private readonly hub: Inside;
  private readonly pause: Pause;

  constructor(name: string, receiver: Receiver, hub: Inside, sight: Sight = fullSight) {
    this.name = name;
    this.receiver = receiver;
    this.hub = hub;
    this.held = new Held(hub.limits);
    this.delivery = new Delivery(receiver, hub, sight);
    this.pages = new Pages(name, hub);
    this.pause = new Pause(hub.clock, () => hub.ids.chance());
  }

  get hasLeft(): boolean {
    return this.phase === 'left';
  }

  /** Why it was left before it was answered. */
  get endedBy(): 'FORBIDDEN' | 'NOT_SUBSCRIBED' {
    return this.isForbidden ? 'FORBIDDEN' : 'NOT_SUBSCRIBED';
  }

  /** From `since` on, or from now on. Resolves with true when `subscribed` was sent, with false when it was left before. */
  async start(id: number, channel: Followed, since: Position | undefined): Promise<boolean> {
    this.channel = channel;
    const { kind } = channel.rules;
    if (kind === 'state' || (kind === 'log' && since !== undefined)) {
      this.delivery.begin(channel, since);
      return new Promise((answered, failed) => {
        this.asked = { id, answered, failed };
        void this.replay();
      });
    }
    this.delivery.begin(channel, undefined);
    this.phase = 'live';
    this.delivery.subscribed(id, channel.top, {});
    this.delivery.certify();
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
    const { delivery } = this;
    const isLog = this.channel?.rules.kind === 'log';
    if (isLog && this.phase === 'live' && samePosition(delivery.position!, gap.from)) {
      delivery.gap(gap, message);
    } else if (this.phase === 'live') {
      void this.replay(gap);
    } else if (this.phase === 'replaying') {
      // It reads the log itself, and finds what the channel found.
      this.held.isIncomplete = true;
      this.pages.broke(gap);
    }
  }

  /** Lives ahead of the channel, and the log was seen to end there: it has more by now, or has lost what we have. */
  ends(end: Position): void {
    if (this.phase === 'live' && !samePosition(this.delivery.position!, end)) {
      void this.replay();
    }
  }

  /** A signal on the channel: the first to be left out when too much waits. */
  signalled(message: Shared<ServerMessage>): void {
    const isIn = this.phase === 'live' || this.phase === 'dropping' || this.delivery.isCertified;
    const mayDrop = this.channel?.rules.kind !== 'signals' || this.channel.rules.slow === 'drop';
    if (isIn && !this.hasLeft && (this.receiver.hasRoom || !mayDrop)) {
      this.delivery.signal(message);
    }
  }

  /** The policy does not allow it any more. Its reader is told, once, and goes on from here if it is ever let in again. To be left next. */
  forbid(): void {
    const { position } = this.delivery;
    if (this.phase === 'joining' || this.asked !== undefined) {
      this.isForbidden = true;
    } else if (!this.hasLeft) {
      this.fall({ reason: 'unauthorised', from: position!, to: position! });
    }
  }

  leave(): void {
    this.phase = 'left';
    this.held.end();
    this.pause.end();
    this.delivery.end();
    this.whenLeft?.();
    this.whenLeft = undefined;
    this.asked?.answered(false);
    this.asked = undefined;
  }

  /** Takes what links to our position; what is strange sends us back to the log. */
  private follow(entry: Entry): Fit {
    const fits = this.fits(entry);
    if (fits !== 'next') {
      return fits;
    }
    const { slow } = this.channel!.rules;
    const shown = this.delivery.look(entry);
    if (shown !== undefined && slow !== 'disconnect' && this.receiver.isFull) {
      this.hub.notes.slowed(this.channel!.shown, slow);
      if (slow !== 'drop') {
        return 'strange';
      }
      void this.drop();
      return 'known';
    }
    this.foreseen = undefined;
    this.delivery.take(entry, shown);
    return fits;
  }

  private fits(entry: Entry): Fit {
    const last = this.delivery.position!;
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
    const gap: Gap = { reason: 'dropped', from: this.delivery.position!, to: this.channel!.top };
    if (!samePosition(gap.from, gap.to)) {
      this.fall(gap);
    }
  }

  /** Page by page to the end of the log, then live. `gap`: as the channel found it. */
  private async replay(gap?: Gap): Promise<void> {
    this.phase = 'replaying';
    this.pages.begin(gap);
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
    try {
      // Between the end of the read and the end of this nothing is awaited: what is not held is live.
      const stretch = await this.pages.read(this.channel!, this.delivery.position);
      return this.take(stretch, isAnswer ? 0 : 1);
    } finally {
      this.held.end();
    }
  }

  private take(stretch: Stretch, least: number): boolean {
    this.pause.reset();
    if (this.hasLeft) {
      return false;
    }
    const isAll = this.tellAll(stretch, least);
    if (isAll && stretch.end === undefined && stretch.owed.length === 0) {
      throw new Error('the log says that it has more, and gives nothing');
    }
    if (!isAll) {
      return false;
    }
    this.foreseen = stretch.ids;
    if (stretch.end === undefined) {
      this.delivery.advance();
      return false;
    }
    this.delivery.position = stretch.end;
    return this.goLive();
  }

  /**
   * False when the client has no room for all of it: the rest is read again when it has. Nothing is awaited in here.
   * @param least So many are told in any case, so that it goes on however the room is shared.
   */
  private tellAll(stretch: Stretch, least: number): boolean {
    const { owed, epoch } = stretch;
    const answered = this.answer(stretch);
    let told = 0;
    for (const one of owed.slice(answered)) {
      if (told >= least && !this.receiver.hasRoom) {
        this.pages.fit(told, false);
        return false;
      }
      told += 1;
      if ('gap' in one) {
        this.fall(one.gap);
      } else {
        const entry = entryFor(this.channel!.shown, epoch, one.publication);
        this.delivery.take(entry, this.delivery.look(entry));
      }
    }
    this.pages.fit(told, true);
    return true;
  }

  /** Answers the request if that is still to be done. How many of those owed are said with it. */
  private answer({ owed, epoch, snapshot }: Stretch): 0 | 1 {
    const { asked, delivery } = this;
    const first = owed[0] !== undefined && 'gap' in owed[0] ? owed[0].gap : undefined;
    if (asked === undefined) {
      return 0;
    }
    if (first !== undefined && !snapshot) {
      this.hub.notes.gapped(this.channel!.shown, first.reason);
      this.channel!.fell(first);
    }
    const position = first?.to ?? (snapshot ? beginning(epoch) : delivery.position!);
    // What replaces everything leaves no gap.
    const fell = snapshot ? { snapshot } : first === undefined ? {} : { gap: first };
    delivery.subscribed(asked.id, position, fell);
    this.asked = undefined;
    asked.answered(true);
    return first === undefined ? 0 : 1;
  }

  private fall(gap: Gap): void {
    this.hub.notes.gapped(this.channel!.shown, gap.reason);
    this.channel!.fell(gap);
    this.delivery.gap(gap);
  }

  /** Nothing is awaited in here, so nothing can come in between. False when the log has to be read again. */
  private goLive(): boolean {
    this.phase = 'live';
    for (const entry of this.held.entries) {
      const isLost = this.channel!.isFallen(this.delivery.position!);
      if (this.phase === 'live' && (isLost || this.follow(entry) === 'strange')) {
        this.phase = 'replaying';
        return false;
      }
    }
    if (this.held.isIncomplete || this.hasLeft) {
      this.phase = this.hasLeft ? 'left' : 'replaying';
      return false;
    }
    if (samePosition(this.delivery.position!, this.channel!.top)) {
      this.foreseen = undefined;
    } else {
      this.channel!.outran(this);
    }
    if (!this.delivery.isCertified) {
      this.delivery.certify();
    }
    return true;
  }
}
