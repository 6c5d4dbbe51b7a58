/**
 * A road of plain requests, as the client holds it: POST up, and a downlink of streams or polls.
 * In: the address of a server. Out: a road. Fails: whatever goes wrong for longer than it may is a `closed`.
 */

import type { Clock } from '../../ground/clock.ts';
import { maxJsonLength } from '../../wire/index.ts';
import { webClock, webRandom } from '../clock.ts';
import { ClientError } from '../errors.ts';
import { HeldDownlink, type Locks } from './held-downlink.ts';
import { Downlink } from './http-downlink.ts';
import { Patience } from './http-patience.ts';
import { exchange, type Fetch, httpUrl, type Wires } from './http-request.ts';
import { Uplink } from './http-uplink.ts';
import type { ClientTransport, Road, RoadListener } from './transport.ts';

/** How a road by plain requests is kept up. */
export interface HttpRoadOptions {
  /** @default the platform's */
  readonly fetch?: Fetch;
  /** Turned by hand in tests. @default the platform's */
  readonly clock?: Clock;
  /** From 0 up to, not including, 1. @default the platform's */
  readonly random?: () => number;
  /**
   * By which the tabs of an origin agree on the one that keeps a request waiting; the others ask each `restMs`. Not used when the server
   * sees HTTP/2. False: each tab keeps one. @default the platform's
   */
  readonly locks?: Locks | false;
  /** Between two requests of a tab that may not keep one waiting, in milliseconds. @default 1_000 */
  readonly restMs?: number;
  /** Requests that fail are repeated for so long, in milliseconds; then the road is over. @default 10_000 */
  readonly giveUpAfterMs?: number;
  /**
   * Time for the answer to a request that does not wait, in milliseconds; as much again for each 64 Ki characters in it. @default 10_000
   */
  readonly answerWithinMs?: number;
  /** Silence on a downlink before it is made anew, in milliseconds. Above the server's `pollMs` and `heartbeatMs`. @default 40_000 */
  readonly stallMs?: number;
  /** Time for the first byte of a stream, in milliseconds: a proxy that holds it back is found by it. @default 4_000 */
  readonly firstByteMs?: number;
  /** Characters that may wait to be sent; beyond it the road is over. @default 8_388_608 */
  readonly maxQueued?: number;
}

/** The defaults of `HttpRoadOptions`. */
export const httpRoadDefaults: Required<
  Omit<HttpRoadOptions, 'fetch' | 'clock' | 'random' | 'locks'>
> = {
  restMs: 1_000,
  giveUpAfterMs: 10_000,
  answerWithinMs: 10_000,
  stallMs: 40_000,
  firstByteMs: 4_000,
  maxQueued: 8_388_608,
};

/** What came is told after so many characters, or so many milliseconds, when no request does so anyway. */
const tellAfterLength = 32_768;
const tellAfterMs = 5_000;

/** Every character may be escaped, with six for one. */
const maxEventLength = maxJsonLength * 6 + 1_000;

export type Kind = 'stream' | 'poll';

/** @throws {ClientError} `TRANSPORT_MISSING` where there is no `fetch`, `OPTION_INVALID` for a number that is not above zero. */
export function httpTransport(name: string, kind: Kind, options: HttpRoadOptions): ClientTransport {
  const settings = settle(options);
  return {
    name,
    open: (url, subprotocols, listener) =>
      new HttpRoad(httpUrl(url), subprotocols, kind, settings, listener),
  };
}

type Settings = Required<HttpRoadOptions>;

function settle(options: HttpRoadOptions): Settings {
  const { fetch = globalThis.fetch } = options;
  if (typeof fetch !== 'function') {
    throw new ClientError('TRANSPORT_MISSING', 'this platform has no fetch: pass one');
  }
  const numbers = { ...httpRoadDefaults };
  for (const name of Object.keys(httpRoadDefaults) as (keyof typeof httpRoadDefaults)[]) {
    const value = options[name] ?? httpRoadDefaults[name];
    if (typeof value !== 'number' || !(value > 0)) {
      throw new ClientError('OPTION_INVALID', `${name} must be a number above zero`);
    }
    numbers[name] = value;
  }
  return {
    ...numbers,
    // Browsers want it called as a method of nobody.
    fetch: (...given) => fetch(...given),
    clock: options.clock ?? webClock,
    random: options.random ?? webRandom,
    locks: options.locks ?? platformLocks(),
  };
}

/** Those of pages and workers. Programs have connections enough. */
function platformLocks(): Locks | false {
  const { navigator, location } = globalThis as {
    navigator?: { locks?: Locks };
    location?: unknown;
  };
  return (location === undefined ? undefined : navigator?.locks) ?? false;
}

class HttpRoad implements Road {
  private readonly wires: Wires;
  private readonly kind: Kind;
  private readonly settings: Settings;
  private readonly listener: RoadListener;
  private id: string | undefined;
  private up: Uplink | undefined;
  private down: Downlink | undefined;
  private held: HeldDownlink | undefined;
  private isOver = false;
  private untold = 0;
  private isTelling = false;

  constructor(
    url: string,
    subprotocols: readonly string[],
    kind: Kind,
    settings: Settings,
    listener: RoadListener,
  ) {
    this.wires = { url, fetch: settings.fetch, clock: settings.clock };
    this.kind = kind;
    this.settings = settings;
    this.listener = listener;
    void this.open(subprotocols);
  }

  send(frame: string | Uint8Array): void {
    if (!this.isOver) {
      this.up?.send(frame);
    }
  }

  close(code: number, reason: string): void {
    if (!this.isOver) {
      this.stop();
      void this.leave();
      queueMicrotask(() => this.listener.closed({ code, reason }));
    }
  }

  /** Never rejects. */
  private async open(subprotocols: readonly string[]): Promise<void> {
    const headers = {
      'Tautline-Road': 'new',
      'Tautline-Subprotocols': subprotocols.join(', '),
      'Tautline-Down': this.kind,
    };
    try {
      const { answerWithinMs } = this.settings;
      const { status, value } = await exchange(
        this.wires,
        { method: 'POST', headers },
        answerWithinMs,
      );
      if (status !== 201 || typeof value['road'] !== 'string') {
        this.end(1006, `the server refused with ${status} ${JSON.stringify(value['code'])}`);
        return;
      }
      this.id = value['road'];
      await this.hold(value['http'] === '2.0');
    } catch (error) {
      this.end(1006, String(error));
    }
    if (this.id === undefined) {
      return;
    }
    if (this.isOver) {
      void this.leave();
    } else {
      this.begin(this.id);
    }
  }

  /** Finds out whether this tab may keep a request waiting. */
  private async hold(isMultiplexed: boolean): Promise<void> {
    const { locks } = this.settings;
    if (locks !== false && !isMultiplexed && !this.isOver) {
      this.held = new HeldDownlink(locks, new URL(this.wires.url).origin, () => this.down?.wake());
      await this.held.start();
    }
  }

  private begin(road: string): void {
    const { wires, settings } = this;
    const patience = (): Patience =>
      new Patience(settings.clock, settings.random, settings.giveUpAfterMs);
    const failed = (reason: string): void => this.endAndLeave(1006, reason);
    this.up = new Uplink({
      ...settings,
      wires,
      road,
      failed,
      patience: patience(),
      lastCame: () => this.down?.last ?? 0,
    });
    const { up, listener } = this;
    this.down = new Downlink({
      ...settings,
      wires,
      road,
      patience: patience(),
      maxEventLength,
      kind: () => (this.held?.isOurs === false ? 'now' : this.kind),
      asked: (number) => up.wasTold(number),
      listener: {
        failed,
        opened: () => listener.opened(),
        received: (payload) => {
          this.tellOf(payload.length);
          listener.received(payload);
        },
        closed: (code, reason) => this.endAndLeave(code, reason),
      },
    });
  }

  /** A poll tells what came with the next one; a stream has no next one. */
  private tellOf(length: number): void {
    if (this.kind === 'poll') {
      return;
    }
    this.untold += length;
    if (this.untold > tellAfterLength) {
      this.untold = 0;
      this.up?.tell();
    } else if (!this.isTelling) {
      this.isTelling = true;
      this.wires.clock.after(tellAfterMs, () => {
        this.isTelling = false;
        this.untold = 0;
        if (!this.isOver) {
          this.up?.tell();
        }
      });
    }
  }

  /** What waits is sent, then the server is told. Nobody waits for the answers. */
  private async leave(): Promise<void> {
    await this.up?.end();
    if (this.id !== undefined) {
      const headers = { 'Tautline-Road': this.id };
      const { answerWithinMs } = this.settings;
      await exchange(
        this.wires,
        { method: 'DELETE', headers, keepalive: true },
        answerWithinMs,
      ).catch(() => undefined);
    }
  }

  /** What waits is not sent any more. The server keeps the end of a road until it hears that it has come. */
  private endAndLeave(code: number, reason: string): void {
    if (!this.isOver) {
      this.end(code, reason);
      this.up?.stop();
      void this.leave();
    }
  }

  private end(code: number, reason: string): void {
    if (!this.isOver) {
      this.stop();
      this.listener.closed({ code, reason });
    }
  }

  private stop(): void {
    this.isOver = true;
    this.down?.stop();
    this.held?.stop();
  }
}
