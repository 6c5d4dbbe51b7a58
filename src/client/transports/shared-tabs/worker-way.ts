/**
 * The tabs of one user at one server, when a SharedWorker holds the road.
 * In: those who seek a road. Out: roads at the worker. Fails: a worker that cannot be had, or does not answer, is given up for good, and who seeks is
 * told so; one that ends is begun anew.
 */
import type { Cancel } from '../../../ground/clock.ts';
import { live, type TabLocks, watch } from './life.ts';
import { post } from './mail.ts';
import { readTabMessage, type TabMessage, type Tube, tabsVersion } from './messages.ts';
import type { TabsSettings, TabWorker, WorkerPort } from './options.ts';
import { Patience } from './patience.ts';
import { anybody, Remotes } from './remotes.ts';
import type { Seeker } from './seeker.ts';

export interface WorkerWaySettings extends TabsSettings {
  readonly locks: TabLocks;
  readonly worker: NonNullable<TabsSettings['worker']>;
  readonly url: string;
  /** The worker cannot be had: who was with it seeks elsewhere. */
  readonly failed: (seekers: readonly Seeker[]) => void;
  /** It has room for no more: this one goes alone. */
  readonly full: (seeker: Seeker) => void;
}

export class WorkerWay {
  private readonly settings: WorkerWaySettings;
  private readonly id: string;
  private readonly seekers = new Set<Seeker>();
  private readonly remotes: Remotes;
  private readonly patience: Patience;
  private phase: 'out' | 'joining' | 'in' | 'failed' = 'out';
  private port: WorkerPort | undefined;
  private release: () => void = () => undefined;
  private unwatch: Cancel | undefined;
  private cancelLeave: Cancel | undefined;

  constructor(settings: WorkerWaySettings) {
    const { clock, maxWaiting, answerWithinMs } = settings;
    this.settings = settings;
    this.id = settings.randomId();
    this.remotes = new Remotes({
      id: this.id,
      maxWaiting,
      meet: () => ({ tube: this.tube(), unwatch: () => undefined }),
      full: settings.full,
    });
    this.patience = new Patience(clock, answerWithinMs, {
      again: () => this.askAgain(),
      over: () => this.fail(),
    });
  }

  add(seeker: Seeker): void {
    this.cancelLeave?.();
    this.cancelLeave = undefined;
    this.seekers.add(seeker);
    if (this.phase === 'in') {
      this.remotes.place(seeker, anybody);
      this.consider();
    } else if (this.phase === 'out') {
      void this.join();
    }
  }

  remove(seeker: Seeker): void {
    this.seekers.delete(seeker);
    this.consider();
    if (this.seekers.size === 0) {
      this.cancelLeave = this.settings.clock.after(this.settings.lingerMs, () => this.leave());
    }
  }

  private async join(): Promise<void> {
    this.phase = 'joining';
    const { locks, url, user } = this.settings;
    try {
      // Before the worker hears of this tab: it waits for its lock.
      this.release = await live(locks, this.id);
      const worker = this.begin();
      worker.addEventListener('error', () => this.fail());
      worker.port.addEventListener('message', ({ data }) => this.received(worker.port, data));
      worker.port.start();
      this.port = worker.port;
    } catch {
      this.fail();
      return;
    }
    this.phase = 'in';
    post(this.port, { v: tabsVersion, from: this.id, type: 'join', url, user });
    for (const seeker of this.seekers) {
      this.remotes.place(seeker, anybody);
    }
    this.consider();
  }

  private begin(): TabWorker {
    const { worker } = this.settings;
    return typeof worker === 'function'
      ? worker()
      : (new SharedWorker(worker, { type: 'module', name: 'tautline' }) as TabWorker);
  }

  private received(port: WorkerPort, data: unknown): void {
    const message = readTabMessage(data);
    if (message === undefined || port !== this.port || !isForTab(message)) {
      return;
    }
    this.unwatch ??= watch(this.settings.locks, message.from, () => this.gone());
    this.remotes.received(message);
    this.consider();
  }

  /** The next road begins another worker. */
  private gone(): void {
    this.leave();
    this.remotes.gone(anybody);
    for (const seeker of this.seekers) {
      this.add(seeker);
    }
  }

  private consider(): void {
    const isAwaited = [...this.seekers].some(
      (seeker) => seeker.isSeeking && seeker.at === anybody && !this.remotes.isAnswered(seeker),
    );
    if (isAwaited && this.phase === 'in') {
      this.patience.begin();
    } else {
      this.patience.end();
    }
  }

  private askAgain(): void {
    for (const seeker of this.seekers) {
      this.remotes.askAgain(seeker);
    }
  }

  private fail(): void {
    if (this.phase !== 'failed') {
      this.leave();
      this.phase = 'failed';
      const seeking = [...this.seekers].filter(({ isSeeking }) => isSeeking);
      for (const seeker of seeking) {
        seeker.leave();
        this.seekers.delete(seeker);
      }
      this.remotes.gone(anybody);
      this.settings.failed(seeking);
    }
  }

  private leave(): void {
    this.phase = 'out';
    this.patience.end();
    this.unwatch?.();
    this.unwatch = undefined;
    this.port?.close();
    this.port = undefined;
    this.release();
  }

  private tube(): Tube {
    return {
      post: (message) => {
        if (this.port !== undefined) {
          post(this.port, message);
        }
      },
      close: () => undefined,
    };
  }
}

function isForTab(message: TabMessage): message is Parameters<Remotes['received']>[0] & TabMessage {
  return !/^(?:who|carry|join|open|send|took|close)$/.test(message.type);
}
