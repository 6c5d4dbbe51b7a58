/**
 * A browser in memory: tabs with locks, channels and a clock, that can be closed, killed and frozen.
 * In: a hand-turned clock. Out: what the platform gives each tab. Cannot fail.
 */
import type { TabLocks } from '../../../../src/client/transports/shared-tabs/life.ts';
import type { TabChannel } from '../../../../src/client/transports/shared-tabs/mail.ts';
import type { TabPage } from '../../../../src/client/transports/shared-tabs/page.ts';
import type { Cancel, Clock } from '../../../../src/ground/clock.ts';
import type { ManualClock } from '../../../../src/testing/index.ts';

interface Asked {
  readonly tab: Tab;
  readonly name: string;
  readonly run: (lock: unknown) => Promise<void> | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Browser {
  readonly clock: ManualClock;
  readonly channels = new Set<Channel>();
  /** How many messages went from tab to tab. */
  posted = 0;
  private readonly held = new Map<string, Asked>();
  private readonly queues = new Map<string, Asked[]>();

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  tab(name: string): Tab {
    return new Tab(this, name);
  }

  /** Who has the lock, by name. */
  holder(name: RegExp): string | undefined {
    return [...this.held].find(([key]) => name.test(key))?.[1].tab.name;
  }

  ask(asked: Asked, { steal, signal }: { steal?: boolean; signal?: AbortSignal }): void {
    const { name } = asked;
    if (steal) {
      const before = this.held.get(name);
      this.held.set(name, asked);
      before?.reject(new Error('AbortError'));
      void this.grant(asked);
      return;
    }
    this.queues.set(name, [...(this.queues.get(name) ?? []), asked]);
    signal?.addEventListener('abort', () => {
      if (this.remove(asked)) {
        asked.reject(new Error('AbortError'));
      }
    });
    this.next(name);
  }

  forget(tab: Tab): void {
    for (const asked of [...this.queues.values()].flat()) {
      if (asked.tab === tab) {
        this.remove(asked);
      }
    }
    for (const [name, asked] of this.held) {
      if (asked.tab === tab) {
        this.held.delete(name);
        this.next(name);
      }
    }
  }

  private remove(asked: Asked): boolean {
    const queue = this.queues.get(asked.name) ?? [];
    this.queues.set(
      asked.name,
      queue.filter((one) => one !== asked),
    );
    return queue.includes(asked);
  }

  private next(name: string): void {
    const [first] = this.queues.get(name) ?? [];
    if (first !== undefined && !this.held.has(name)) {
      this.remove(first);
      this.held.set(name, first);
      void this.grant(first);
    }
  }

  private async grant(asked: Asked): Promise<void> {
    await Promise.resolve();
    await asked.run({});
    if (this.held.get(asked.name) === asked) {
      this.held.delete(asked.name);
      this.next(asked.name);
    }
    asked.resolve(undefined);
  }
}

export class Tab {
  readonly name: string;
  readonly browser: Browser;
  isGone = false;
  isFrozen = false;
  private isSeen = true;
  private readonly watching = new Set<() => void>();
  private readonly late: (() => void)[] = [];

  constructor(browser: Browser, name: string) {
    this.browser = browser;
    this.name = name;
  }

  readonly locks: TabLocks = {
    request: (name, options, run) =>
      new Promise((resolve, reject) => {
        const later = (error: Error): void => this.run(() => reject(error));
        this.browser.ask({ tab: this, name, run, resolve, reject: later }, options);
      }),
  };

  readonly channel = (name: string): TabChannel => new Channel(this, name);

  get clock(): Clock {
    const { clock } = this.browser;
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs, run): Cancel => {
        let isCancelled = false;
        const cancel = clock.after(delayMs, () =>
          this.run(() => {
            if (!isCancelled) {
              run();
            }
          }),
        );
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    };
  }

  readonly page: TabPage = (() => {
    const isSeen = (): boolean => this.isSeen;
    const { watching } = this;
    return {
      get isVisible() {
        return isSeen();
      },
      whenChanged(run) {
        watching.add(run);
        return () => void watching.delete(run);
      },
    };
  })();

  see(isSeen: boolean): void {
    this.isSeen = isSeen;
    for (const run of this.watching) {
      run();
    }
  }

  /** Closed, or its process died: for the others it is the same. */
  kill(): void {
    this.isGone = true;
    for (const channel of this.browser.channels) {
      if (channel.tab === this) {
        channel.close();
      }
    }
    this.browser.forget(this);
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    for (const run of this.late.splice(0)) {
      this.run(run);
    }
  }

  /** Now, when the tab thaws, or never. */
  run(what: () => void): void {
    if (this.isFrozen) {
      this.late.push(what);
    } else if (!this.isGone) {
      what();
    }
  }
}

class Channel implements TabChannel {
  readonly tab: Tab;
  readonly name: string;
  private readonly listeners: ((event: { readonly data: unknown }) => void)[] = [];
  private isClosed = false;

  constructor(tab: Tab, name: string) {
    this.tab = tab;
    this.name = name;
    tab.browser.channels.add(this);
  }

  postMessage(message: unknown): void {
    if (this.isClosed || this.tab.isGone) {
      throw new Error('InvalidStateError');
    }
    const { browser } = this.tab;
    const data: unknown = structuredClone(message);
    browser.posted += 1;
    for (const other of browser.channels) {
      if (other !== this && other.name === this.name) {
        browser.clock.after(1, () => other.tab.run(() => other.deliver(data)));
      }
    }
  }

  addEventListener(_type: 'message', run: (event: { readonly data: unknown }) => void): void {
    this.listeners.push(run);
  }

  close(): void {
    this.isClosed = true;
    this.tab.browser.channels.delete(this);
  }

  private deliver(data: unknown): void {
    if (!this.isClosed) {
      for (const listener of this.listeners) {
        listener({ data });
      }
    }
  }
}
