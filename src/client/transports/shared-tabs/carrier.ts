/**
 * Who holds the road to the server, as the others meet it: each of their roads is a strand of it.
 * In: messages of tabs, and frames of the server. Out: frames to the server, and messages to tabs. Fails: a tab that does not take what it
 * gets is let go, alone.
 */
import type { Cancel } from '../../../ground/clock.ts';
import type { Road } from '../transport.ts';
import { Flow } from './flow.ts';
import { type ToCarrier, type ToTab, type Tube, tabsVersion } from './messages.ts';
import type { Trunks } from './trunks.ts';

export interface CarrierPorts {
  readonly tubeTo: (tab: string) => Tube;
  /** Calls when the tab has gone. */
  readonly watch: (tab: string, gone: () => void) => Cancel;
  /** The last of the tabs has no road here any more. */
  readonly empty: () => void;
}

export interface CarrierLimits {
  readonly maxTabs: number;
  readonly maxWaiting: number;
}

interface Carried {
  readonly road: Road;
  readonly flow: Flow;
}

interface Peer {
  readonly tube: Tube;
  readonly roads: Map<number, Carried>;
  readonly unwatch: Cancel;
}

/** A client has one, and another while it moves. */
const maxRoadsOfTab = 4;

/** As the server would end it: the client comes back, and has its positions. */
const tooSlow = { code: 4001, reason: 'this tab does not take what it gets' };

export class Carrier {
  private readonly id: string;
  private readonly trunks: Trunks;
  private readonly limits: CarrierLimits;
  private readonly ports: CarrierPorts;
  private readonly peers = new Map<string, Peer>();

  constructor(id: string, trunks: Trunks, limits: CarrierLimits, ports: CarrierPorts) {
    this.id = id;
    this.trunks = trunks;
    this.limits = limits;
    this.ports = ports;
  }

  received(message: ToCarrier): void {
    if (message.type === 'open') {
      this.open(message.from, message.road, message.subprotocols);
      return;
    }
    const carried = this.peers.get(message.from)?.roads.get(message.road);
    if (carried === undefined) {
      return;
    }
    if (message.type === 'send') {
      this.took(message.from, message.road, carried.flow.take(message.frame));
      carried.road.send(message.frame);
    } else if (message.type === 'took') {
      carried.flow.taken(message.length);
    } else {
      this.forget(message.from, message.road);
      carried.road.close(message.code, message.reason);
    }
  }

  private open(tab: string, road: number, subprotocols: readonly string[]): void {
    const peer = this.peers.get(tab) ?? this.meet(tab);
    const isFull = this.trunks.strands >= this.limits.maxTabs || peer.roads.size >= maxRoadsOfTab;
    if (isFull || peer.roads.has(road)) {
      this.tell(tab, { type: isFull ? 'full' : 'coming', road });
      this.rest(tab);
      return;
    }
    this.tell(tab, { type: 'coming', road });
    const flow = new Flow(this.limits.maxWaiting);
    peer.roads.set(road, {
      flow,
      road: this.trunks.open(tab, subprotocols, {
        opened: () => this.tell(tab, { type: 'opened', road }),
        received: (frame) => this.heard(tab, road, frame),
        better: () => this.tell(tab, { type: 'better', road }),
        closed: (why) => this.closed(tab, road, why),
      }),
    });
  }

  private heard(tab: string, road: number, frame: string | Uint8Array): void {
    const carried = this.peers.get(tab)?.roads.get(road);
    if (carried === undefined) {
      return;
    }
    if (carried.flow.send(frame)) {
      this.tell(tab, { type: 'heard', road, frame });
    } else {
      this.closed(tab, road, tooSlow);
      carried.road.close(1000, tooSlow.reason);
    }
  }

  private took(tab: string, road: number, length: number): void {
    if (length > 0) {
      this.tell(tab, { type: 'taken', road, length });
    }
  }

  private closed(tab: string, road: number, { code, reason }: typeof tooSlow): void {
    if (this.peers.get(tab)?.roads.has(road) === true) {
      this.tell(tab, { type: 'closed', road, code, reason });
      this.forget(tab, road);
    }
  }

  private meet(tab: string): Peer {
    const peer: Peer = {
      tube: this.ports.tubeTo(tab),
      roads: new Map(),
      unwatch: this.ports.watch(tab, () => this.gone(tab)),
    };
    this.peers.set(tab, peer);
    return peer;
  }

  private gone(tab: string): void {
    const roads = [...(this.peers.get(tab)?.roads ?? [])];
    for (const [number, { road }] of roads) {
      this.forget(tab, number);
      road.close(1000, 'the tab has gone');
    }
  }

  private forget(tab: string, road: number): void {
    this.peers.get(tab)?.roads.delete(road);
    this.rest(tab);
  }

  private rest(tab: string): void {
    const peer = this.peers.get(tab);
    if (peer?.roads.size === 0) {
      this.peers.delete(tab);
      peer.unwatch();
      peer.tube.close();
      if (this.peers.size === 0) {
        this.ports.empty();
      }
    }
  }

  private tell(tab: string, message: Told): void {
    this.peers.get(tab)?.tube.post({ ...message, v: tabsVersion, from: this.id });
  }
}

/** What a message says, without who says it. */
type Told = ToTab extends infer Each
  ? Each extends ToTab
    ? Omit<Each, 'v' | 'from'>
    : never
  : never;
