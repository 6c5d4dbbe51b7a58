/**
 * One channel on this hub: follows the log while somebody subscribes, keeps its chain whole, and tells all subscribers.
 * In: what the broker announces, and signals. Out: entries and gaps, in the order of the log, to each subscription; signals in between.
 * Fails: `join` rejects when the broker cannot be reached; later failures are tried again while somebody subscribes.
 */
import {
  at,
  beginning,
  type Gap,
  type Position,
  type Publication,
  samePosition,
} from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import type { Subscription } from './catch-up.ts';
import { Doubts } from './doubts.ts';
import { entryFor, gapMessage } from './entry.ts';
import { type Announced, fit, idsOf, type Owed, owed } from './judge.ts';
import { Pause } from './pause.ts';
import { readFrom } from './read.ts';
import type { Doubtful, Followed } from './receiver.ts';
import type { Rules } from './rules.ts';
import { followSignals } from './signals.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a channel without a log stands at. */
const nowhere = beginning('none');

export interface ChannelIdentity {
  /** Of its log. */
  readonly name: string;
  /** What clients call it. */
  readonly shown: string;
  readonly rules: Rules;
}

export class Channel implements Followed {
  readonly name: string;
  readonly shown: string;
  readonly rules: Rules;
  /** All who want this channel to be followed, those included who wait for it. */
  readonly subscriptions: Set<Subscription> = new Set();

  private readonly hub: Inside;
  private readonly onEmpty: () => void;
  private readonly pause: Pause;
  private readonly doubts = new Doubts();
  /** Where the node stands. Undefined while the channel is not followed. */
  private position: Position | undefined;
  /** Grows each time the channel is let go, so that what began before knows that it is over. */
  private life = 0;
  /** The broker is being asked to begin or to end. */
  private isSettling = false;
  private readonly waiters = new Map<Subscription, Waiter>();
  /** The log is being read. What is announced meanwhile waits here, and is bounded. */
  private isReading = false;
  private arrivals: Announced[] = [];
  private overflowed = false;
  /** Read from the log before they were announced. */
  private foreseen: ReadonlySet<string> | undefined;
  /** Ends the following of signals; undefined when they could not be followed. */
  private hearing: Promise<(() => void) | undefined> | undefined;

  constructor({ name, shown, rules }: ChannelIdentity, hub: Inside, onEmpty: () => void) {
    this.name = name;
    this.shown = shown;
    this.rules = rules;
    this.hub = hub;
    this.onEmpty = onEmpty;
    this.pause = new Pause(hub.clock, () => hub.ids.chance());
  }

  /** Where a subscriber begins who wants what is new. Only for those who have joined. */
  get top(): Position {
    return this.position!;
  }

  /** Resolves when the channel is followed: then every entry reaches the subscription, until `leave`, which resolves it too. */
  join(subscription: Subscription): Promise<void> {
    this.subscriptions.add(subscription);
    if (this.position !== undefined) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.waiters.set(subscription, { resolve, reject });
      void this.settle();
    });
  }

  leave(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    this.doubts.left(subscription);
    // The channel may be given up before it is ever followed.
    this.waiters.get(subscription)?.resolve();
    this.waiters.delete(subscription);
    void this.settle();
  }

  outran(subscription: Doubtful): void {
    this.doubts.outran(subscription);
  }

  fell(gap: Gap): void {
    this.doubts.fell(gap);
  }

  isFallen(position: Position): boolean {
    return this.doubts.isFallen(position);
  }

  /** The broker announces an entry. */
  announced(epoch: string, publication: Publication): void {
    if (this.isReading) {
      this.hold({ epoch, publication });
    } else if (this.position !== undefined && !this.take({ epoch, publication })) {
      void this.repair();
    }
  }

  /** The log ends there, as far as it knows. */
  compare(top: Position): void {
    if (this.position === undefined || this.isReading) {
      return;
    }
    if (samePosition(this.position, top)) {
      this.doubts.settle(top);
    } else {
      void this.repair();
    }
  }

  /** Something here stands beyond what the log was seen to have. */
  get isDoubtful(): boolean {
    return this.doubts.any;
  }

  /** The log did not change, as far as it knows: what came here must be in it all the same. */
  prove(): void {
    if (this.doubts.any && this.position !== undefined && !this.isReading) {
      void this.repair();
    }
  }

  /** Asks the broker for what is wanted, looks again after each answer, and ends when both agree. */
  private async settle(): Promise<void> {
    if (this.isSettling) {
      return;
    }
    this.isSettling = true;
    // Not before the present turn is over: who leaves and joins in one turn asks nothing of the broker, and nobody who leaves
    // while an entry is being told takes the position away.
    await Promise.resolve();
    while (this.subscriptions.size > 0 !== (this.position !== undefined)) {
      if (this.position === undefined) {
        await this.open();
      } else {
        await this.close();
      }
    }
    this.isSettling = false;
    if (this.subscriptions.size === 0) {
      this.onEmpty();
    }
  }

  private async open(): Promise<void> {
    this.isReading = true;
    this.forget();
    try {
      this.position = this.rules.kind === 'signals' ? await this.listen() : await this.followLog();
    } catch (error) {
      this.isReading = false;
      this.refuseWaiters(error);
      return;
    }
    const isWhole = this.takeArrivals();
    this.isReading = false;
    for (const { resolve } of this.waiters.values()) {
      resolve();
    }
    this.waiters.clear();
    if (!isWhole) {
      void this.repair();
    }
  }

  private async listen(): Promise<Position> {
    const hearing = followSignals(this.hub.post, this);
    this.hearing = hearing;
    await hearing;
    return nowhere;
  }

  private async followLog(): Promise<Position> {
    const { broker, notes, post } = this.hub;
    // Nobody waits for signals, which nobody was promised.
    this.hearing = followSignals(post, this).catch((error: unknown) => {
      notes.failed(error);
      return undefined;
    });
    try {
      await broker.log.follow(this.name);
      const page = await broker.log.latest(this.name, 1);
      return at(page.epoch, page.top);
    } catch (error) {
      await this.unfollowLog();
      throw error;
    }
  }

  private async close(): Promise<void> {
    this.position = undefined;
    this.life += 1;
    this.isReading = false;
    this.pause.end();
    this.forget();
    if (this.rules.kind === 'signals') {
      await this.endHearing();
    } else {
      await this.unfollowLog();
    }
  }

  private async unfollowLog(): Promise<void> {
    const { broker, notes } = this.hub;
    await Promise.all([broker.log.unfollow(this.name).catch(notes.failed), this.endHearing()]);
  }

  private async endHearing(): Promise<void> {
    const { hearing } = this;
    this.hearing = undefined;
    (await hearing)?.();
  }

  private refuseWaiters(error: unknown): void {
    for (const [subscription, { reject }] of this.waiters) {
      this.subscriptions.delete(subscription);
      reject(error);
    }
    this.waiters.clear();
  }

  private forget(): void {
    this.arrivals = [];
    this.overflowed = false;
    this.foreseen = undefined;
    this.doubts.clear();
  }

  private hold(arrival: Announced): void {
    if (this.arrivals.length < this.hub.limits.replayBuffer) {
      this.arrivals.push(arrival);
    } else {
      this.overflowed = true;
    }
  }

  /** False when only the log can tell what it means. */
  private take(arrival: Announced): boolean {
    const fits = fit(this.position!, arrival, this.foreseen);
    if (fits === 'next') {
      if (this.doubts.isFallen(this.position!)) {
        return false;
      }
      this.foreseen = undefined;
      this.doubts.announced();
      this.emit(arrival, arrival.epoch);
    }
    return fits !== 'strange';
  }

  /** What was announced during a read. False when the log has to be read again. */
  private takeArrivals(): boolean {
    const arrivals = this.arrivals;
    this.arrivals = [];
    return !this.overflowed && arrivals.every((arrival) => this.take(arrival));
  }

  /** Reads the log until our chain is whole again. Subscribers notice nothing, unless the log cannot repair it. */
  private async repair(): Promise<void> {
    const { life } = this;
    this.isReading = true;
    let isWhole = false;
    while (!isWhole && life === this.life) {
      try {
        isWhole = await this.readOn(life);
      } catch (error) {
        this.hub.notes.failed(error);
        if (life === this.life) {
          await this.pause.wait();
        }
      }
    }
  }

  /** One page. True when our chain is whole up to the end of the log. */
  private async readOn(life: number): Promise<boolean> {
    const before = this.top;
    // What was announced before a read begins is in the log that it reads.
    this.arrivals = [];
    this.overflowed = false;
    const limit = this.hub.limits.pageEntries;
    const page = await readFrom(this.hub.broker.log, { channel: this.name, since: before, limit });
    if (life !== this.life) {
      return false;
    }
    this.pause.reset();
    for (const one of owed(before, page)) {
      this.emit(one, page.epoch);
    }
    this.foreseen = idsOf(page);
    if (samePosition(this.top, at(page.epoch, page.top))) {
      this.doubts.settle(this.top);
      // In one step with the taking: what is announced from here on is nobody's to hold.
      this.isReading = !this.takeArrivals();
      return !this.isReading;
    }
    if (this.top === before) {
      throw new Error('the log says that it has more entries, and gives none');
    }
    return false;
  }

  private emit(one: Owed, epoch: string): void {
    if ('gap' in one) {
      const message = gapMessage(this.shown, one.gap);
      this.position = one.gap.to;
      this.doubts.fell(one.gap);
      this.hub.notes.gapped(this.shown, one.gap.reason);
      for (const subscription of this.subscriptions) {
        subscription.gapped(one.gap, message);
      }
    } else {
      const entry = entryFor(this.shown, epoch, one.publication);
      this.position = entry.position;
      for (const subscription of this.subscriptions) {
        subscription.entry(entry);
      }
    }
  }
}
