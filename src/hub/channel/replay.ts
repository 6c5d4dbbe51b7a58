/**
 * What a reader missed, page by page up to the end of the log, and the answer to its request with the first.
 * In: a log and a place in it. Out: what the reader is told; and a call when it is where its channel is. Fails: a request is told that its first
 * page could not be read; later failures are tried again, for as long as somebody wants to know.
 */
import { beginning, type Gap } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import type { Delivery } from './delivery.ts';
import { entryFor } from './entry.ts';
import type { Held } from './held.ts';
import { Pages } from './pages.ts';
import { Pause } from './pause.ts';
import type { Followed, Receiver } from './receiver.ts';
import type { Stretch } from './stretch.ts';

/** A request that is not answered yet. */
export interface Asked {
  readonly id: number;
  readonly answered: (wasSent: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export interface ReplayNeeds {
  /** Of the log. */
  readonly name: string;
  readonly hub: Inside;
  readonly receiver: Receiver;
  readonly delivery: Delivery;
  /** What the channel has during a read. */
  readonly held: Held;
  /** Nobody wants to know any more. */
  hasLeft(): boolean;
  /** All was told that the log had. Nothing was awaited since it was read, so what is not held is live. False: it must be read again. */
  arrived(stretch: Stretch): boolean;
}

export class Replay {
  asked: Asked | undefined;
  private readonly needs: ReplayNeeds;
  private readonly pages: Pages;
  private readonly pause: Pause;
  private channel!: Followed;

  constructor(needs: ReplayNeeds) {
    const { name, hub } = needs;
    this.needs = needs;
    this.pages = new Pages(name, hub);
    this.pause = new Pause(hub.clock, () => hub.ids.chance());
  }

  /** Until it has arrived. `gap`: because the channel found that. */
  async run(channel: Followed, gap?: Gap): Promise<void> {
    const { receiver, hub } = this.needs;
    this.channel = channel;
    this.pages.begin(gap);
    let isDone = false;
    while (!isDone && !this.needs.hasLeft()) {
      try {
        // Not in turn: answers of other channels need no room.
        await this.waitForRoom();
        isDone = await receiver.inTurn(() => this.page());
      } catch (error) {
        if (this.asked !== undefined) {
          this.asked.failed(error);
          this.asked = undefined;
          return;
        }
        hub.notes.failed(error);
        if (!this.needs.hasLeft()) {
          await this.pause.wait();
        }
      }
    }
  }

  /** The channel's own chain broke meanwhile, beyond repair. It reads the log itself, and finds what the channel found. */
  broke(gap: Gap): void {
    this.needs.held.isIncomplete = true;
    this.pages.broke(gap);
  }

  /** Nobody wants to know any more. */
  end(): void {
    this.pause.end();
    this.asked?.answered(false);
    this.asked = undefined;
  }

  /** The gap is told, and counted. */
  fall(channel: Followed, gap: Gap): void {
    const { hub, delivery } = this.needs;
    hub.notes.gapped(channel.shown, gap.reason);
    channel.fell(gap);
    delivery.gap(gap);
  }

  private async waitForRoom(): Promise<void> {
    // An answer waits for no data.
    if (this.asked === undefined && !this.needs.hasLeft()) {
      await this.needs.receiver.room();
    }
  }

  /** True when that was the last page, and it has arrived. */
  private async page(): Promise<boolean> {
    const { receiver, delivery, held } = this.needs;
    const isAnswer = this.asked !== undefined;
    if (this.needs.hasLeft() || !(isAnswer || receiver.hasRoom)) {
      return false;
    }
    held.begin();
    try {
      const stretch = await this.pages.read(this.channel, delivery.position);
      return this.take(stretch, isAnswer ? 0 : 1);
    } finally {
      held.end();
    }
  }

  private take(stretch: Stretch, least: number): boolean {
    const { delivery } = this.needs;
    this.pause.reset();
    if (this.needs.hasLeft() || !this.tellAll(stretch, least)) {
      return false;
    }
    if (stretch.end === undefined) {
      if (stretch.owed.length === 0) {
        throw new Error('the log says that it has more, and gives nothing');
      }
      delivery.advance();
      return false;
    }
    delivery.position = stretch.end;
    return this.needs.arrived(stretch);
  }

  /**
   * False when the client has no room for all of it: the rest is read again when it has. Nothing is awaited in here.
   * @param least So many are told in any case, so that it goes on however the room is shared.
   */
  private tellAll(stretch: Stretch, least: number): boolean {
    const { receiver, delivery } = this.needs;
    const { owed, epoch } = stretch;
    const answered = this.answer(stretch);
    let told = 0;
    for (const one of owed.slice(answered)) {
      if (told >= least && !receiver.hasRoom) {
        this.pages.fit(told, false);
        return false;
      }
      told += 1;
      if ('gap' in one) {
        this.fall(this.channel, one.gap);
      } else {
        const entry = entryFor(this.channel.shown, epoch, one.publication);
        delivery.take(entry, delivery.look(entry));
      }
    }
    this.pages.fit(told, true);
    return true;
  }

  /** Answers the request if that is still to be done. How many of those owed are said with it. */
  private answer({ owed, epoch, snapshot }: Stretch): 0 | 1 {
    const { hub, delivery } = this.needs;
    const { asked } = this;
    const first = owed[0] !== undefined && 'gap' in owed[0] ? owed[0].gap : undefined;
    if (asked === undefined) {
      return 0;
    }
    if (first !== undefined && !snapshot) {
      hub.notes.gapped(this.channel.shown, first.reason);
      this.channel.fell(first);
    }
    const position = first?.to ?? (snapshot ? beginning(epoch) : delivery.position!);
    // What replaces everything leaves no gap.
    const fell = snapshot ? { snapshot } : first === undefined ? {} : { gap: first };
    delivery.subscribed(asked.id, position, fell);
    this.asked = undefined;
    asked.answered(true);
    return first === undefined ? 0 : 1;
  }
}
