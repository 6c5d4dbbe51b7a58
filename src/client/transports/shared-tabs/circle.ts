/**
 * The tabs of one user at one server, as one of them sees them: one holds the road, under a lock, and the others reach it by messages.
 * In: those who seek a road. Out: roads: here, at another tab, or of their own. Fails: where locks are refused, every road is its own.
 *
 * Sessions are each tab's own, so that two tabs may hold a road at once without harm: for a moment, when one takes the place of another that is
 * gone, does not answer, or is not seen. Whoever has a road elsewhere then moves, and the other road ends.
 */
import type { Cancel } from '../../../ground/clock.ts';
import type { ClientTransport } from '../transport.ts';
import { Carrier } from './carrier.ts';
import { Leadership } from './leadership.ts';
import { live, type TabLocks, watch } from './life.ts';
import { Mail } from './mail.ts';
import { type TabMessage, type ToCarrier, type ToTab, tabsVersion } from './messages.ts';
import type { TabsSettings } from './options.ts';
import { Patience } from './patience.ts';
import { Remotes } from './remotes.ts';
import { moved, type Seeker } from './seeker.ts';
import { Trunks } from './trunks.ts';

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
  private readonly trunks: Trunks;
  private readonly carrier: Carrier;
  private readonly remotes: Remotes;
  private readonly leadership: Leadership;
  private readonly patience: Patience;
  private mail: Mail | undefined;
  private phase: 'joining' | 'in' | 'alone' | 'left' = 'joining';
  private isLeading = false;
  /** Another tab. */
  private leader: { readonly id: string; readonly isVisible: boolean } | undefined;
  private release: () => void = () => undefined;
  private cancelLinger: Cancel | undefined;
  private cancelLeave: Cancel | undefined;
  private cancelTakeOver: Cancel | undefined;
  private stopSeeing: () => void = () => undefined;

  constructor(settings: CircleSettings) {
    const { locks, clock, inner, url, user, maxWaiting, answerWithinMs } = settings;
    const id = settings.randomId();
    this.settings = settings;
    this.id = id;
    // Tabs of another version of us have a circle of their own.
    this.name = `tautline-tabs:${tabsVersion}:${JSON.stringify([url, user])}`;
    this.trunks = new Trunks(inner, url);
    const tubeTo = (tab: string) => this.mail!.tubeTo(tab);
    this.carrier = new Carrier(id, this.trunks, settings, {
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
    if (this.phase === 'alone') {
      this.placeAlone(seeker);
    } else if (this.isLeading && this.trunks.strands >= this.settings.maxTabs) {
      this.placeAlone(seeker);
    } else if (this.isLeading) {
      seeker.take(this.id, (one) => this.trunks.open(this.id, seeker.subprotocols, one));
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
    for (const seeker of [...this.seekers]) {
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
        // Who asks one that leads no more hears from the one who does.
        if (this.isLeading) {
          this.carrier.received(message);
        }
        break;
      case 'send':
      case 'took':
      case 'close':
        this.carrier.received(message satisfies ToCarrier);
        break;
      case 'join':
        break;
      default:
        this.remotes.received(message satisfies ToTab);
        this.consider();
    }
  }

  private follow(id: string, isVisible: boolean): void {
    // While the lock is ours, theirs is not: the news of it may be late.
    if (!this.isLeading && this.phase === 'in') {
      this.leader = { id, isVisible };
      this.gather(id);
      this.seen();
    }
  }

  private won(): void {
    this.isLeading = true;
    this.leader = undefined;
    this.cancelLinger?.();
    this.cancelLinger = undefined;
    this.sayWhoLeads();
    this.gather(this.id);
    this.seen();
  }

  private lost(): void {
    this.isLeading = false;
    this.retire();
    this.leadership.wait();
    this.toAll({ type: 'who' });
  }

  /** Those who are on our road have time to go. */
  private retire(): void {
    this.cancelLinger?.();
    this.cancelLinger = this.settings.clock.after(this.settings.lingerMs, () => {
      this.trunks.closeAll(moved);
    });
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

  /** Timers of a tab that is not seen are slow: one that is seen holds the road. */
  private seen(): void {
    const { clock, page, handOverAfterMs } = this.settings;
    if (this.isLeading) {
      this.sayWhoLeads();
    }
    const isFitter =
      page.isVisible && !this.isLeading && this.leader?.isVisible === false && this.phase === 'in';
    if (!isFitter) {
      this.cancelTakeOver?.();
      this.cancelTakeOver = undefined;
    } else {
      this.cancelTakeOver ??= clock.after(handOverAfterMs, () => {
        this.cancelTakeOver = undefined;
        this.leadership.steal();
      });
    }
  }

  private sayWhoLeads(): void {
    if (this.isLeading) {
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
    const { clock, lingerMs, left } = this.settings;
    left();
    this.phase = 'left';
    this.isLeading = false;
    this.cancelTakeOver?.();
    this.stopSeeing();
    this.leadership.leave();
    this.cancelLinger?.();
    const end = (): void => {
      this.trunks.closeAll(moved);
      this.mail?.close();
      this.release();
    };
    if (this.trunks.strands === 0) {
      end();
    } else {
      clock.after(lingerMs, end);
    }
  }
}
