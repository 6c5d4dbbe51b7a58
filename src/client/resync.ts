/**
 * What the application does about a gap: it loads a snapshot of what the channel tells of, and goes on from its position.
 * In: gaps. Out: the position from which to go on. Fails: what cannot be loaded is loaded again, after a delay that grows.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import type { Position } from '../wire/index.ts';
import type { CoreSettings } from './core-options.ts';
import { ClientError } from './errors.ts';
import { type GapEvent, positionFrom } from './received.ts';

/** Loads a snapshot; gives the position up to which it is whole, as a page of history says in `top`. */
export type LoadSnapshot = (gap: GapEvent) => string | Promise<string>;

export interface ResyncPort {
  loaded(position: Position): void;
  /** It is tried again. */
  failed(error: ClientError): void;
}

export class Resync {
  isRunning = false;
  readonly #settings: CoreSettings;
  readonly #load: LoadSnapshot;
  readonly #port: ResyncPort;
  #failures = 0;
  #cancelDelay: Cancel = () => undefined;

  constructor(settings: CoreSettings, load: LoadSnapshot, port: ResyncPort) {
    this.#settings = settings;
    this.#load = load;
    this.#port = port;
  }

  /** A gap that is met while one is worked on is found again from the position that comes of it. */
  run(gap: GapEvent): void {
    if (!this.isRunning) {
      this.isRunning = true;
      void this.#attempt(gap);
    }
  }

  stop(): void {
    this.isRunning = false;
    this.#cancelDelay();
  }

  async #attempt(gap: GapEvent): Promise<void> {
    try {
      const position = positionFrom(await this.#load(gap));
      if (this.isRunning) {
        this.stop();
        this.#failures = 0;
        this.#port.loaded(position);
      }
    } catch (error) {
      if (this.isRunning) {
        this.#again(gap, error);
      }
    }
  }

  #again(gap: GapEvent, error: unknown): void {
    const { clock, random, backoff } = this.#settings;
    this.#cancelDelay = clock.after(
      backoffMs(this.#failures, random, backoff),
      () => void this.#attempt(gap),
    );
    this.#failures += 1;
    this.#port.failed(new ClientError('RESYNC_FAILED', `no snapshot: ${String(error)}`, true));
  }
}
