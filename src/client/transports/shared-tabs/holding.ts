/**
 * This tab's own hold of the road, for itself and the others: while it is its turn, and for a moment after it, so that those who are on it can go.
 * In: that it is its turn, or is not any more, and those who want a road. Out: strands. Fails: as the road does.
 */
import type { Cancel, Clock } from '../../../ground/clock.ts';
import type { ClientTransport } from '../transport.ts';
import { Carrier, type CarrierLimits, type CarrierPorts } from './carrier.ts';
import type { ToCarrier } from './messages.ts';
import { moved, type Seeker } from './seeker.ts';
import { Trunks } from './trunks.ts';

export interface HoldingSettings extends CarrierLimits {
  readonly inner: ClientTransport;
  readonly url: string;
  readonly clock: Clock;
  readonly lingerMs: number;
}

export class Holding {
  isHeld = false;
  private readonly id: string;
  private readonly settings: HoldingSettings;
  private readonly trunks: Trunks;
  private readonly carrier: Carrier;
  private cancelLinger: Cancel | undefined;

  constructor(id: string, settings: HoldingSettings, ports: CarrierPorts) {
    this.id = id;
    this.settings = settings;
    this.trunks = new Trunks(settings.inner, settings.url);
    this.carrier = new Carrier(id, this.trunks, settings, ports);
  }

  get isFull(): boolean {
    return this.trunks.strands >= this.settings.maxTabs;
  }

  take(): void {
    this.isHeld = true;
    this.cancelLinger?.();
    this.cancelLinger = undefined;
  }

  /** Those who are on it have time to go; then it ends, and `over` is called. At once, when nobody is. */
  give(over: () => void = () => undefined): void {
    this.isHeld = false;
    this.cancelLinger?.();
    const end = (): void => {
      this.trunks.closeAll(moved);
      over();
    };
    if (this.trunks.strands === 0) {
      end();
    } else {
      this.cancelLinger = this.settings.clock.after(this.settings.lingerMs, end);
    }
  }

  place(seeker: Seeker): void {
    seeker.take(this.id, (listener) => this.trunks.open(this.id, seeker.subprotocols, listener));
  }

  received(message: ToCarrier): void {
    // Who asks one that holds it no more hears from the one who does.
    if (this.isHeld || message.type !== 'open') {
      this.carrier.received(message);
    }
  }
}
