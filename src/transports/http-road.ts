/**
 * A road of HTTP: one client's pipe, whose requests come and go. What goes down is kept in a mailbox until it has come, its end too;
 * what comes up is numbered, so that a request may be repeated.
 * In: payloads and requests. Out: payloads, once and in order. Fails: a road without requests, or with a full mailbox, ends itself.
 */
import type { Cancel, Clock } from '../ground/clock.ts';
import { eventLines } from '../ground/event-stream.ts';
import type { Shared } from '../ground/shared.ts';
import type { Handshake, Payload, Pipe, PipeListener } from '../ports/index.ts';
import { type Parcel, payloadIn } from './http-batch.ts';
import type { HttpRoadLimits } from './http-options.ts';
import { letter, letterOf, Mailbox } from './mailbox.ts';

/** One answer that carries letters: a stream, or that to a poll. */
export interface Downlink {
  /** There may be something in the mailbox: what one turn has put there is told once. */
  flush(): void;
  /** Another has come in its place. */
  supersede(): void;
  /** The road is gone. */
  end(): void;
}

/** `told`: its end has left, and is repeated until the client says that it has come. */
type Phase = 'open' | 'closing' | 'told' | 'gone';
type Step = 'close' | 'tell' | 'vanish';

const life: Readonly<Record<Phase, Partial<Record<Step, Phase>>>> = {
  open: { close: 'closing', vanish: 'gone' },
  closing: { tell: 'told', vanish: 'gone' },
  told: { vanish: 'gone' },
  gone: {},
};

export interface RoadOptions {
  readonly id: string;
  /** As logs and policies have it. */
  readonly name: string;
  readonly address: string | undefined;
  /** Of the request that opened it. */
  readonly handshake: Handshake;
  readonly clock: Clock;
  readonly limits: Required<HttpRoadLimits>;
  readonly onGone: () => void;
}

/** Whether what a client says to have had was ever sent, and is not the end. */
export type Heard = 'known' | 'unknown' | 'over';

/** What became of messages: the number of the last that was taken, and whether there was none missing before them. */
export interface Taken {
  readonly received: number;
  readonly isWhole: boolean;
}

export class HttpRoad implements Pipe {
  readonly id: string;
  readonly name: string;
  readonly address: string | undefined;
  readonly handshake: Handshake;
  readonly mailbox: Mailbox = new Mailbox();
  readonly limits: Required<HttpRoadLimits>;
  readonly clock: Clock;

  private readonly onGone: () => void;
  private phase: Phase = 'open';
  private listener: PipeListener | undefined;
  private downlink: Downlink | undefined;
  private received = 0;
  private heardAtMs: number;
  private cancelAlarm: Cancel | undefined;
  private isAwake = false;
  private readonly waiting: (() => void)[] = [];

  constructor({ id, name, address, handshake, clock, limits, onGone }: RoadOptions) {
    this.id = id;
    this.name = name;
    this.address = address;
    this.handshake = handshake;
    this.clock = clock;
    this.limits = limits;
    this.onGone = onGone;
    this.heardAtMs = clock.nowMs();
    this.watch();
  }

  get bufferedBytes(): number {
    return this.mailbox.bytes;
  }

  /** Nothing follows what is in the mailbox. */
  get isEnding(): boolean {
    return this.phase === 'closing' || this.phase === 'told';
  }

  /** Called once, before the road is given to anybody. */
  tell(listener: PipeListener): void {
    this.listener = listener;
  }

  send(payload: Shared<Payload>): void {
    if (this.phase !== 'open') {
      return;
    }
    this.mailbox.put(payload.as(letterOf));
    if (this.mailbox.bytes > this.limits.maxBufferedBytes) {
      // Later: whoever sends need not hear of an end meanwhile.
      queueMicrotask(() => this.vanish());
      return;
    }
    this.wake();
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.settle();
    });
  }

  close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if (this.step('close')) {
      this.mailbox.put(letter(eventLines('close', JSON.stringify({ code, reason }))));
      this.cancelAlarm?.();
      this.cancelAlarm = this.clock.after(this.limits.lingerMs, () => this.vanish());
      this.wake();
    }
  }

  /** From here on letters leave by this downlink; the one before it ends. */
  attach(downlink: Downlink): void {
    const former = this.downlink;
    this.downlink = downlink;
    former?.supersede();
    this.watch();
    this.wake();
  }

  /** This downlink carries nothing any more. */
  detach(downlink: Downlink): void {
    if (this.downlink === downlink) {
      this.downlink = undefined;
      this.watch();
    }
  }

  /** Letters up to this number have left. Whoever holds the pipe need not wait until the last of them has come. */
  handed(last: number): void {
    if (last === this.mailbox.last && this.step('tell')) {
      this.settle();
      this.listener?.closed();
    }
  }

  /** Some of a request has come: its client is there. */
  touch(): void {
    this.heardAtMs = this.clock.nowMs();
  }

  /** The client has sent a request, and has had letters up to this number. */
  heard(acknowledged: number): Heard {
    this.touch();
    if (!this.mailbox.acknowledge(acknowledged)) {
      return 'unknown';
    }
    if (this.isEnding && acknowledged === this.mailbox.last) {
      this.vanish();
      return 'over';
    }
    this.settle();
    return 'known';
  }

  /** Messages of which the first has the number `from`. Those that were taken before are passed over; a hole is not. */
  take(from: number, messages: readonly Parcel[]): Taken {
    if (from > this.received + 1) {
      return { received: this.received, isWhole: false };
    }
    for (const message of messages.slice(this.received + 1 - from)) {
      this.received += 1;
      if (this.phase === 'open') {
        this.listener?.received(payloadIn(message));
      }
    }
    return { received: this.received, isWhole: true };
  }

  /** Ends it without a word. */
  vanish(): void {
    const wasTold = this.phase === 'told';
    if (!this.step('vanish')) {
      return;
    }
    this.cancelAlarm?.();
    this.onGone();
    const { downlink } = this;
    this.downlink = undefined;
    downlink?.end();
    this.settle();
    if (!wasTold) {
      this.listener?.closed();
    }
  }

  /** What comes in one turn leaves in one write, or in one answer. */
  private wake(): void {
    if (!this.isAwake) {
      this.isAwake = true;
      queueMicrotask(() => {
        this.isAwake = false;
        this.downlink?.flush();
      });
    }
  }

  private step(step: Step): boolean {
    const next = life[this.phase][step];
    this.phase = next ?? this.phase;
    return next !== undefined;
  }

  /** What an open road waits for has its time. That of an end goes on, whoever comes or goes. */
  private watch(): void {
    if (this.phase !== 'open') {
      return;
    }
    this.cancelAlarm?.();
    const { clock, limits } = this;
    if (this.downlink === undefined) {
      this.cancelAlarm = clock.after(limits.idleMs, () => this.vanish());
    } else {
      const restMs = this.heardAtMs + limits.silentMs - clock.nowMs();
      this.cancelAlarm = clock.after(Math.max(1, restMs), () => this.ifSilent());
    }
  }

  private ifSilent(): void {
    if (this.clock.nowMs() - this.heardAtMs >= this.limits.silentMs) {
      this.vanish();
    } else {
      this.watch();
    }
  }

  private settle(): void {
    const isOver = this.phase === 'told' || this.phase === 'gone';
    if (isOver || this.mailbox.bytes <= this.limits.highWaterBytes) {
      for (const resolve of this.waiting.splice(0)) {
        resolve();
      }
    }
  }
}
