/**
 * One held downlink for all tabs of an origin: over HTTP/1.1 a browser has six connections for it, and a request that waits keeps one.
 * In: Web Locks. Out: whether this tab has the one, and when it gets it. Fails: where there are no locks every tab has one.
 */

/** `navigator.locks`, as far as it is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    run: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

export class HeldDownlink {
  /** This tab may keep a request waiting. */
  isOurs = false;
  private readonly locks: Locks;
  private readonly name: string;
  private readonly onOurs: () => void;
  private readonly waiting = new AbortController();
  private release: (() => void) | undefined;

  constructor(locks: Locks, origin: string, onOurs: () => void) {
    this.locks = locks;
    this.name = `tautline-downlink:${origin}`;
    this.onOurs = onOurs;
  }

  /** Resolves at once when it is free, and when it is not; then `onOurs` is called later. Never rejects. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.ask(
        { ifAvailable: true },
        (lock) => {
          resolve();
          return lock === null ? undefined : this.hold();
        },
        resolve,
      );
    });
    if (!this.isOurs && !this.waiting.signal.aborted) {
      this.ask({ signal: this.waiting.signal }, () => {
        const held = this.hold();
        this.onOurs();
        return held;
      });
    }
  }

  stop(): void {
    this.isOurs = false;
    this.waiting.abort();
    this.release?.();
  }

  private hold(): Promise<void> | undefined {
    if (this.waiting.signal.aborted) {
      return undefined;
    }
    this.isOurs = true;
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** Where locks are refused, such as in a frame without an origin, every tab is alone. */
  private ask(
    options: Parameters<Locks['request']>[1],
    run: Parameters<Locks['request']>[2],
    failed: () => void = () => undefined,
  ): void {
    this.locks.request(this.name, options, run).catch(() => {
      this.isOurs = !this.waiting.signal.aborted;
      failed();
    });
  }
}
