/**
 * Which tab holds the road: the one that has the lock. The others wait for it, and one with a reason takes it away.
 * In: a name. Out: that it is ours, and that it is not any more. Fails: `failed` where locks are refused.
 */
import type { TabLocks } from './life.ts';

export interface LeadershipPorts {
  readonly won: () => void;
  /** Another has taken it. */
  readonly lost: () => void;
  readonly failed: () => void;
}

export class Leadership {
  private readonly locks: TabLocks;
  private readonly name: string;
  private readonly ports: LeadershipPorts;
  private waiting = new AbortController();
  private release: (() => void) | undefined;
  private hasLeft = false;

  constructor(locks: TabLocks, name: string, ports: LeadershipPorts) {
    this.locks = locks;
    this.name = name;
    this.ports = ports;
  }

  /** When all who have waited for longer are gone. */
  wait(): void {
    this.waiting = new AbortController();
    this.ask({ signal: this.waiting.signal });
  }

  steal(): void {
    if (this.release === undefined) {
      this.waiting.abort();
      this.ask({ steal: true });
    }
  }

  leave(): void {
    this.hasLeft = true;
    this.waiting.abort();
    this.release?.();
  }

  private ask(options: { readonly signal?: AbortSignal; readonly steal?: boolean }): void {
    let mine: (() => void) | undefined;
    const hold = (): Promise<void> | undefined => {
      if (this.hasLeft || options.signal?.aborted) {
        return undefined;
      }
      const held = new Promise<void>((resolve) => {
        mine = resolve;
        this.release = resolve;
      });
      this.ports.won();
      return held;
    };
    this.locks.request(this.name, options, hold).catch(() => {
      if (this.hasLeft) {
        return;
      }
      if (mine === undefined) {
        if (options.signal?.aborted !== true) {
          this.ports.failed();
        }
      } else if (mine === this.release) {
        // Unless it was ourselves who took it away, and have it again.
        this.release = undefined;
        this.ports.lost();
      }
    });
  }
}
