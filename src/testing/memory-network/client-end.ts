/**
 * The client's end of a road, as a client's transport shows it.
 * In: what arrives from the server, and calls of the client. Out: parcels for the server, and calls of the client's listener. Fails:
 * `CLOSE_CODE_INVALID` and `CLOSE_REASON_TOO_LONG`, thrown where a client of the web would be refused too.
 */
import { copyOf } from '../../ground/bytes.ts';
import type { Cancel, Clock } from '../../ground/clock.ts';
import type { Payload } from '../../ports/index.ts';
import type { Parcel } from './lane.ts';
import { NetworkError } from './options.ts';
import { type Phase, phases, type Step } from './phases.ts';

/** With which close code and reason a road ended. */
export interface ClosedWhy {
  readonly code: number;
  readonly reason: string;
}

/** What a road tells the client: the shape of `RoadListener` of the client. */
export interface NetworkListener {
  opened(): void;
  received(payload: Payload): void;
  closed(why: ClosedWhy): void;
}

/** The shape of `Road` of the client. */
export interface ClientRoad {
  send(payload: Payload): void;
  close(code: number, reason: string): void;
}

/** What an end needs of the road. */
export interface EndPorts {
  readonly clock: Clock;
  readonly closeWithinMs: number;
  readonly send: (parcel: Parcel) => void;
  /** The last parcel of this end: what waits is thrown away. */
  readonly finish: (parcel: Parcel) => void;
  /** Called when this end is no more. */
  readonly gone: () => void;
  /** Called when it was never open, and will not be. */
  readonly gaveUp?: () => void;
}

export class ClientEnd implements ClientRoad {
  phase: Phase = 'connecting';
  private readonly listener: NetworkListener;
  private readonly ports: EndPorts;
  private cancelPatience: Cancel | undefined;

  constructor(listener: NetworkListener, ports: EndPorts) {
    this.listener = listener;
    this.ports = ports;
  }

  send(payload: Payload): void {
    if (this.phase === 'open') {
      this.ports.send(messageOf(payload));
    }
  }

  close(code: number, reason: string): void {
    if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
      throw new NetworkError('CLOSE_CODE_INVALID', `a client cannot close with ${code}`);
    }
    mustFit(reason);
    const before = this.phase;
    if (!this.step('close')) {
      return;
    }
    if (before === 'connecting') {
      this.ports.finish({ kind: 'end', reason: 'the client gave up', bytes: 0 });
      this.tellLater({ code: 1006, reason: '' });
      this.ports.gaveUp?.();
      return;
    }
    this.ports.send({ kind: 'close', code, reason, bytes: 0 });
    this.cancelPatience = this.ports.clock.after(this.ports.closeWithinMs, () => {
      this.ports.finish({ kind: 'end', reason: 'the close was not answered', bytes: 0 });
      this.end({ code: 1006, reason: 'the close was not answered' });
    });
  }

  arrived(parcel: Parcel): void {
    switch (parcel.kind) {
      case 'opened':
        if (this.step('open')) {
          this.listener.opened();
        }
        return;
      case 'message':
        if (this.phase === 'open') {
          this.listener.received(parcel.payload);
        }
        return;
      case 'close':
        this.closedBy(parcel);
        return;
      default:
        this.end({ code: 1006, reason: parcel.kind === 'end' ? parcel.reason : '' });
    }
  }

  /** The road is no more: the client hears of it in the next turn of the clock. */
  cut(why: ClosedWhy): void {
    if (this.step('end')) {
      this.tellLater(why);
    }
  }

  private closedBy({ code, reason }: ClosedWhy): void {
    this.ports.send({ kind: 'close', code, reason, bytes: 0 });
    this.end({ code, reason });
  }

  private end(why: ClosedWhy): void {
    if (this.step('end')) {
      this.cancelPatience?.();
      this.ports.gone();
      this.listener.closed(why);
    }
  }

  private tellLater(why: ClosedWhy): void {
    this.cancelPatience?.();
    this.ports.clock.after(0, () => this.listener.closed(why));
    this.ports.gone();
  }

  private step(step: Step): boolean {
    const next = phases[this.phase][step];
    this.phase = next ?? this.phase;
    return next !== undefined;
  }
}

/**
 * Bytes are copied: on a network, what one end does to its own does nothing to the other's. Half a character becomes U+FFFD, as it does
 * where text is sent as UTF-8.
 */
export function messageOf(payload: Payload): Parcel {
  if (typeof payload !== 'string') {
    return { kind: 'message', payload: copyOf(payload), bytes: payload.length };
  }
  const text = payload.replaceAll(halves, '\ufffd');
  return { kind: 'message', payload: text, bytes: utf8Length(text) };
}

/** Of pairs that are whole it finds none. */
const halves = /\p{Surrogate}/gu;

/** RFC 6455 §5.5: with its code it has 125 bytes of a frame. */
const maxReasonBytes = 123;

/** @throws {NetworkError} `CLOSE_REASON_TOO_LONG` */
export function mustFit(reason: string): void {
  if (utf8Length(reason) > maxReasonBytes) {
    throw new NetworkError(
      'CLOSE_REASON_TOO_LONG',
      `a reason has at most ${maxReasonBytes} bytes of UTF-8`,
    );
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Each half of a pair has two of its four bytes.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
  }
  return bytes;
}
