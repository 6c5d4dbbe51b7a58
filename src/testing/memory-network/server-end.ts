/**
 * The server's end of a road: a pipe, for the gateway that the client asked for.
 * In: what arrives from the client, and calls of the gateway. Out: parcels for the client, and calls of the pipe's listener. Cannot fail.
 */
import type { Cancel } from '../../ground/clock.ts';
import type { Shared } from '../../ground/shared.ts';
import type { FrontDesk, Gateway, Payload, Pipe, PipeListener } from '../../ports/index.ts';
import type { Disconnect } from '../../wire/index.ts';
import { type EndPorts, messageOf } from './client-end.ts';
import type { Parcel } from './lane.ts';
import { type Phase, phases, type Step } from './phases.ts';

/** Who answers at a host. */
export interface Reception {
  readonly hub: FrontDesk;
  readonly gateway: Gateway;
}

export interface ServerPorts extends EndPorts {
  /** The client's host. */
  readonly address: string;
  readonly bufferedBytes: () => number;
  readonly drained: () => Promise<void>;
  /** Who answers this client, or why nobody does. Asked when the client arrives. */
  readonly admit: () => Reception | string;
}

export class ServerEnd implements Pipe {
  readonly name = 'memory';
  readonly address: string;
  phase: Phase = 'connecting';
  private readonly ports: ServerPorts;
  private listener: PipeListener | undefined;
  private cancelPatience: Cancel | undefined;

  constructor(ports: ServerPorts) {
    this.ports = ports;
    this.address = ports.address;
  }

  get bufferedBytes(): number {
    return this.phase === 'gone' ? 0 : this.ports.bufferedBytes();
  }

  send(payload: Shared<Payload>): void {
    if (this.phase === 'open') {
      const { value } = payload;
      // Measured once for all clients; bytes are copied for each.
      this.ports.send(typeof value === 'string' ? payload.as(messageOf) : messageOf(value));
    }
  }

  drained(): Promise<void> {
    return this.phase === 'gone' ? Promise.resolve() : this.ports.drained();
  }

  close({ code, reason }: Disconnect): void {
    if (!this.step('close')) {
      return;
    }
    this.ports.send({ kind: 'close', code, reason, bytes: 0 });
    this.cancelPatience = this.ports.clock.after(this.ports.closeWithinMs, () => {
      this.ports.finish({ kind: 'end', reason: 'the close was not answered', bytes: 0 });
      this.end();
    });
  }

  arrived(parcel: Parcel): void {
    switch (parcel.kind) {
      case 'connect':
        this.connected();
        return;
      case 'message':
        // After `close` too: what was under way then arrives, as it does on a socket.
        if (this.phase !== 'gone') {
          this.listener?.received(parcel.payload);
        }
        return;
      case 'close':
        if (this.phase === 'open') {
          this.ports.send(parcel);
        }
        this.end();
        return;
      default:
        this.end();
    }
  }

  /** The road is no more: the gateway hears of it in the next turn of the clock. */
  cut(): void {
    if (this.step('end')) {
      this.leave();
      // The gateway may still be opening: its listener is asked for when the turn has come.
      this.ports.clock.after(0, () => this.listener?.closed());
    }
  }

  private connected(): void {
    const reception = this.ports.admit();
    if (typeof reception === 'string') {
      this.ports.send({ kind: 'end', reason: reception, bytes: 0 });
      this.end();
      return;
    }
    this.step('open');
    this.ports.send({ kind: 'opened', bytes: 0 });
    this.listener = reception.gateway.open(this, reception.hub);
  }

  private end(): void {
    if (this.step('end')) {
      this.leave();
      this.listener?.closed();
    }
  }

  private leave(): void {
    this.cancelPatience?.();
    this.ports.gone();
  }

  private step(step: Step): boolean {
    const next = phases[this.phase][step];
    this.phase = next ?? this.phase;
    return next !== undefined;
  }
}
