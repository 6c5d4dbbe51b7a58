/**
 * The tabs of one user at one server, as one of them sees them: one holds the road, under a lock, and the others reach it by messages.
 * In: those who seek a road. Out: roads: here, at another tab, or of their own. Fails: where locks are refused, every road is its own.
 *
 * Sessions are each tab's own, so that two tabs may hold a road at once without harm: for a moment, when one takes the place of another that is
 * gone, does not answer, or is not seen. Whoever has a road elsewhere then moves, and the other road ends.
 */
import type { Cancel } from '../../../ground/clock.ts';
import type { ClientTransport } from '../transport.ts';
import { Holding } from './holding.ts';
import { Leadership } from './leadership.ts';
import { live, type TabLocks, watch } from './life.ts';
import { Mail } from './mail.ts';
import { type TabMessage, tabsVersion } from './messages.ts';
import type { TabsSettings } from './options.ts';
import { Patience } from './patience.ts';
import { Remotes } from './remotes.ts';
import type { Seeker } from './seeker.ts';
import { TakeOver } from './take-over.ts';

export interface CircleSettings extends TabsSettings {
  readonly locks: TabLocks;
  readonly inner: ClientTransport;
  readonly url: string;
  /** The tab has gone from it: the next road begins another. */
  readonly left: () => void;
}

/** A road that is the tab's alone, by its name for who has it. */
const own = 'own';

export class Circle {
  private readonly settings: CircleSettings;
  private readonly id: string;
  private readonly name: string;
  private readonly seekers = new Set<Seeker>();
  private readonly holding: Holding;
  private readonly remotes: Remotes;
  private readonly leadership: Leadership;
  private readonly patience: Patience;
  private readonly takeOver: TakeOver;
  private mail: Mail | undefined;
  private phase: 'joining' | 'in' | 'alone' | 'left' = 'joining';
  /** Another tab. */
  private leader: { readonly id: string; readonly isVisible: boolean } | undefined;
  private release: () => void = () => undefined;
  private cancelLeave: Cancel | undefined;
  private stopSeeing: () => void = () => undefined;

  constructor(settings: CircleSettings) {
    const { locks, clock, url, user, maxWaiting, answerWithinMs, handOverAfterMs } = settings;
    const id = settings.randomId();
    this.settings = settings;
    this.id = id;
    // Tabs of another version of us have a circle of their own.
    this.name = `tautline-tabs:${tabsVersion}:${JSON.stringify([url, user])}`;
    const tubeTo = (tab: string) => this.mail!.tubeTo(tab);
    this.holding = new Holding(id, settings, {
      tubeTo,
      watch: (tab, gone) => watch(locks, tab, gone),
      empty: () => undefined,
    });
    this.remotes = new Remotes({
      id,
      maxWaiting,
      meet: (at) => ({ tube: tubeTo(at), unwatch: watch(locks, at, () => this.gone(at)) }),
      full: (seeker) => this.placeAlone(seeker),
    });
    this.leadership = new Leadership(locks, this.name, {
      won: () => this.won(),
      lost: () => this.lost(),
      failed: () => this.beAlone(),
    });
    this.patience = new Patience(clock, answerWithinMs, {
      again: () => this.askAgain(),
      over: () => this.leadership.steal(),
    });
    this.takeOver = new TakeOver(clock, handOverAfterMs, () => this.leadership.steal());
    void this.join();
  }

  add(seeker: Seeker): void {
    this.seekers.add(seeker);
    this.cancelLeave?.();
    this.cancelLeave = undefined;
    this.place(seeker);
  }

  remove(seeker: Seeker): void {
    this.seekers.delete(seeker);
    if (this.seekers.size === 0) {
      this.cancelLeave = this.settings.clock.after(this.settings.lingerMs, () => this.leave());
    }
    this.consider();
  }

  private async join(): Promise<void> {
    const { locks, channel, page } = this.settings;
    try {
      // Before anybody hears of this tab: who waits for its lock must not get it while it lives.
      this.release = await live(locks, this.id);
      this.mail = new Mail(channel, this.name, this.id, (message) => this.received(message));
    } catch {
      this.beAlone();
      return;
    }
    this.phase = 'in';
    this.stopSeeing = page.whenChanged(() => this.seen());
    this.leadership.wait();
    this.toAll({ type: 'who' });
    for (const seeker of this.seekers) {
      this.place(seeker);
    }
  }

  private place(seeker: Seeker): void {
    const { isHeld, isFull } = this.holding;
    if (this.phase === 'alone' || (isHeld && isFull)) {
      this.placeAlone(seeker);
    } else if (isHeld) {
      this.holding.place(seeker);
    } else if (this.leader !== undefined) {
      this.remotes.place(seeker, this.leader.id);
    }
    this.consider();
  }

  private placeAlone(seeker: Seeker): void {
    const { inner, url } = this.settings;
    seeker.take(own, (listener) => inner.open(url, seeker.subprotocols, listener));
    this.consider();
  }

  /** Everybody who is not where the road is now goes there. */
  private gather(at: string): void {
    for (const seeker of this.seekers) {
      if (seeker.at === at || seeker.at === own) {
        continue;
      }
      if (seeker.isSeeking) {
        this.place(seeker);
      } else {
        seeker.better();
      }
    }
    this.consider();
  }

  private received(message: TabMessage): void {
    switch (message.type) {
      case 'who':
        this.sayWhoLeads();
        break;
      case 'carry':
        this.follow(message.from, message.isVisible);
        break;
      case 'open':
      case 'send':
      case 'took':
      case 'close':
        this.holding.received(message);
        break;
      case 'join':
        break;
      default:
        this.remotes.received(message);
        this.consider();
    }
  }

  private follow(id: string, isVisible: boolean): void {
    // While the lock is ours, theirs is not: the news of it may be late.
    if (!this.holding.isHeld && this.phase === 'in') {
      this.leader = { id, isVisible };
      this.gather(id);
      this.seen();
    }
  }

  private won(): void {
    this.holding.take();
    this.leader = undefined;
    this.gather(this.id);
    this.seen();
  }

  private lost(): void {
    this.holding.give();
    this.leadership.wait();
    this.toAll({ type: 'who' });
  }

  private gone(at: string): void {
    if (this.leader?.id === at) {
      this.leader = undefined;
    }
    this.remotes.gone(at);
    this.consider();
  }

  /** Something has changed: is anybody waiting for an answer? */
  private consider(): void {
    const isAwaited = [...this.seekers].some(
      (seeker) =>
        seeker.isSeeking &&
        seeker.at !== this.id &&
        seeker.at !== own &&
        !this.remotes.isAnswered(seeker),
    );
    if (isAwaited && this.phase === 'in') {
      this.patience.begin();
    } else {
      this.patience.end();
    }
  }

  private askAgain(): void {
    this.toAll({ type: 'who' });
    for (const seeker of this.seekers) {
      this.remotes.askAgain(seeker);
    }
  }

  /** It may have changed who is seen, or who holds the road. */
  private seen(): void {
    const isFit = this.settings.page.isVisible && this.phase === 'in';
    this.sayWhoLeads();
    this.takeOver.consider(isFit && this.leader?.isVisible === false);
  }

  private sayWhoLeads(): void {
    if (this.holding.isHeld) {
      this.toAll({ type: 'carry', isVisible: this.settings.page.isVisible });
    }
  }

  private toAll(message: { type: 'who' } | { type: 'carry'; isVisible: boolean }): void {
    this.mail?.toAll({ ...message, v: tabsVersion, from: this.id });
  }

  private beAlone(): void {
    if (this.phase !== 'left') {
      this.phase = 'alone';
      for (const seeker of [...this.seekers].filter(({ isSeeking }) => isSeeking)) {
        this.placeAlone(seeker);
      }
    }
  }

  /** Nobody here has used it for a while. Others who are on our road have time to go. */
  private leave(): void {
    this.settings.left();
    this.phase = 'left';
    this.takeOver.consider(false);
    this.stopSeeing();
    this.leadership.leave();
    this.holding.give(() => {
      this.mail?.close();
      this.release();
    });
  }
}
