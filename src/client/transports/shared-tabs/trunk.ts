/**
 * One road to the server, with a strand of it for each client that shares it (`tautline.tabs.v1`).
 * In: an address, and those who want a strand. Out: roads. Fails: as the road does, for all of them at once.
 */
import {
  closeFrame,
  maxStrand,
  messageFrame,
  openFrame,
  readStrandFrame,
  tabsSubprotocol,
} from '../../../wire/index.ts';
import type { ClientTransport, Road, RoadListener } from '../transport.ts';

export type Why = Parameters<RoadListener['closed']>[0];

export interface TrunkPorts {
  /** Something has come by it, for the first time. */
  readonly spoken: () => void;
  readonly over: () => void;
}

interface Strand {
  /** Which tab has it. */
  readonly tab: string;
  readonly subprotocols: readonly string[];
  readonly listener: RoadListener;
  /** The server knows of it. */
  isBegun: boolean;
}

/** What a session closes its road with when the server is silent. */
const silent = 3008;
/** The server says what it should not: MESSAGE_INVALID. */
const senseless = 4501;

export class Trunk {
  isOver = false;
  private readonly ports: TrunkPorts;
  private readonly road: Road;
  private readonly strands = new Map<number, Strand>();
  private last = 0;
  private isOpen = false;
  private hasSpoken = false;
  /** Somebody waited on it in vain. */
  private isDoubted = false;

  constructor(inner: ClientTransport, url: string, ports: TrunkPorts) {
    this.ports = ports;
    this.road = inner.open(url, [tabsSubprotocol], {
      opened: () => this.opened(),
      received: (frame) => this.received(frame),
      better: () => this.better(),
      closed: (why) => this.end(why),
    });
  }

  get size(): number {
    return this.strands.size;
  }

  /** Whether it is good for another strand of this tab. One that asks anew beside what it has wants another road to the server. */
  isGoodFor(tab: string): boolean {
    const isSpent = this.isOver || this.isDoubted || this.last === maxStrand;
    return !isSpent && [...this.strands.values()].every((strand) => strand.tab !== tab);
  }

  open(tab: string, subprotocols: readonly string[], listener: RoadListener): Road {
    this.last += 1;
    const number = this.last;
    const strand: Strand = { tab, subprotocols, listener, isBegun: false };
    this.strands.set(number, strand);
    if (this.isOpen) {
      // Nobody is called before he has his road.
      queueMicrotask(() => this.begin(number, strand));
    }
    return {
      send: (frame) => {
        if (strand.isBegun && this.strands.has(number)) {
          this.road.send(messageFrame(number, frame));
        }
      },
      close: (code, reason) => this.close(number, { code, reason }),
    };
  }

  /** There may be a better one: those who are here look for it. */
  better(): void {
    for (const { listener } of this.strands.values()) {
      listener.better?.();
    }
  }

  /** Ends all that is on it. */
  closeAll(why: Why): void {
    if (!this.isOver) {
      this.end(why);
      this.road.close(1000, '');
    }
  }

  private opened(): void {
    if (!this.isOver) {
      this.isOpen = true;
      for (const [number, strand] of this.strands) {
        this.begin(number, strand);
      }
    }
  }

  private begin(number: number, strand: Strand): void {
    if (this.strands.has(number) && !strand.isBegun) {
      strand.isBegun = true;
      this.road.send(openFrame(number, strand.subprotocols));
      strand.listener.opened();
    }
  }

  private received(payload: string | Uint8Array): void {
    if (this.isOver) {
      return;
    }
    const frame = readStrandFrame(payload);
    if ('problem' in frame || frame.type === 'open') {
      this.end({ code: 1006, reason: 'the server does not keep to the strands' });
      this.road.close(senseless, '');
      return;
    }
    const strand = this.strands.get(frame.strand);
    if (frame.type === 'message') {
      strand?.listener.received(frame.payload);
      if (!this.hasSpoken) {
        this.hasSpoken = true;
        this.ports.spoken();
      }
    } else if (strand !== undefined) {
      this.strands.delete(frame.strand);
      strand.listener.closed({ code: frame.code, reason: frame.reason });
      this.rest();
    }
  }

  private close(number: number, why: Why): void {
    const strand = this.strands.get(number);
    if (strand === undefined) {
      return;
    }
    this.strands.delete(number);
    this.isDoubted ||= why.code === silent;
    if (strand.isBegun) {
      this.road.send(closeFrame(number, why));
    }
    this.rest();
  }

  /** Without a strand there is no use in it. */
  private rest(): void {
    if (this.strands.size === 0 && !this.isOver) {
      this.closeAll({ code: 1000, reason: '' });
    }
  }

  private end(why: Why): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    const strands = [...this.strands.values()];
    this.strands.clear();
    this.ports.over();
    for (const { listener } of strands) {
      listener.closed(why);
    }
  }
}
