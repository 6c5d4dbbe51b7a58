/**
 * Whether the server is still there. Browsers cannot send WebSocket pings, so the wire has its own.
 * In: that something was heard, and pongs. Out: pings, the round trip, and that it is silent. Cannot fail.
 *
 * Timers of pages in the background come up to a minute late, and those of a machine that slept much later: then nothing
 * says that the server had its time. Only an alarm that is on time counts, or the last of a few late ones in a row.
 */
import type { Cancel, Clock } from '../ground/clock.ts';

export interface HeartbeatPort {
  ping(id: number): void;
  roundTrip(ms: number): void;
  /** Nothing more comes after it. */
  silent(): void;
}

export interface HeartbeatSettings {
  readonly clock: Clock;
  readonly pingAfterMs: number;
  readonly pongWithinMs: number;
}

/** An alarm that comes by more than this after its time was held up. */
export const lateAfterMs = 1_000;
/** How many late alarms in a row ask again, before silence is believed. */
export const maxLateAlarms = 2;

export class Heartbeat {
  readonly #settings: HeartbeatSettings;
  readonly #nextId: () => number;
  readonly #port: HeartbeatPort;
  #cancelAlarm: Cancel = () => undefined;
  #heardAtMs = 0;
  #heardSincePing = false;
  #pingedAtMs = 0;
  #lateAlarms = 0;
  /** The ping that is not answered yet; 0 when there is none. */
  #pingId = 0;

  constructor(settings: HeartbeatSettings, nextId: () => number, port: HeartbeatPort) {
    this.#settings = settings;
    this.#nextId = nextId;
    this.#port = port;
  }

  /** Asks now, unless it has asked. */
  check(): void {
    if (this.#pingId === 0) {
      this.#lateAlarms = 0;
      this.#ping();
    }
  }

  /** Any message counts as life, not only the pong. */
  heard(): void {
    this.#heardAtMs = this.#settings.clock.nowMs();
    this.#heardSincePing = true;
  }

  ponged(id: number): void {
    if (id === this.#pingId) {
      this.#listen();
      this.#port.roundTrip(this.#heardAtMs - this.#pingedAtMs);
    }
  }

  stop(): void {
    this.#cancelAlarm();
  }

  #ping(): void {
    const { clock, pongWithinMs } = this.#settings;
    this.#pingId = this.#nextId();
    this.#pingedAtMs = clock.nowMs();
    this.#heardSincePing = false;
    this.#port.ping(this.#pingId);
    this.#alarm(pongWithinMs, () => this.#unanswered());
  }

  #unanswered(): void {
    const { clock, pongWithinMs } = this.#settings;
    const lateMs = clock.nowMs() - this.#pingedAtMs - pongWithinMs;
    if (this.#heardSincePing) {
      this.#listen();
    } else if (lateMs > lateAfterMs && this.#lateAlarms < maxLateAlarms) {
      this.#lateAlarms += 1;
      this.#ping();
    } else {
      this.#port.silent();
    }
  }

  /** Waits for silence. */
  #listen(): void {
    const { clock, pingAfterMs } = this.#settings;
    this.#pingId = 0;
    const restMs = this.#heardAtMs + pingAfterMs - clock.nowMs();
    this.#alarm(restMs, () => {
      if (clock.nowMs() - this.#heardAtMs >= pingAfterMs) {
        this.check();
      } else {
        this.#listen();
      }
    });
  }

  #alarm(delayMs: number, run: () => void): void {
    this.#cancelAlarm();
    this.#cancelAlarm = this.#settings.clock.after(Math.max(0, delayMs), run);
  }
}
