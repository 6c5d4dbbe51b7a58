/**
 * All roads of this tab that others hold.
 * In: those who seek one, and messages. Out: roads, and whether they were heard of. Fails: as the roads do.
 */
import type { Cancel } from '../../../ground/clock.ts';
import type { RoadListener } from '../transport.ts';
import type { ToTab, Tube } from './messages.ts';
import { RemoteRoad } from './remote-road.ts';
import type { Seeker } from './seeker.ts';

export interface Holder {
  readonly tube: Tube;
  readonly unwatch: Cancel;
}

export interface RemotesPorts {
  readonly id: string;
  readonly maxWaiting: number;
  /** How to reach whoever holds a road; let go when he holds none any more. */
  readonly meet: (at: string) => Holder;
  /** There is no room for this one. */
  readonly full: (seeker: Seeker) => void;
}

interface Held {
  readonly road: RemoteRoad;
  readonly seeker: Seeker;
  readonly at: string;
}

export class Remotes {
  private readonly ports: RemotesPorts;
  private readonly held = new Map<number, Held>();
  private readonly holders = new Map<string, Holder>();
  private last = 0;

  constructor(ports: RemotesPorts) {
    this.ports = ports;
  }

  place(seeker: Seeker, at: string): void {
    seeker.take(at, (listener) => this.open(seeker, at, listener));
  }

  /** Of one that nobody has answered. */
  askAgain(seeker: Seeker): void {
    for (const one of this.held.values()) {
      if (one.seeker === seeker && !one.road.isAnswered) {
        one.road.ask(seeker.subprotocols);
      }
    }
  }

  isAnswered(seeker: Seeker): boolean {
    return [...this.held.values()].some((one) => one.seeker === seeker && one.road.isAnswered);
  }

  received(message: ToTab): void {
    const one = this.held.get(message.road);
    if (one === undefined || (one.at !== message.from && one.at !== anybody)) {
      return;
    }
    if (message.type === 'full') {
      this.ports.full(one.seeker);
    } else {
      one.road.received(message);
    }
  }

  /** Who held them is gone. Those who were seeking seek on; the others end. */
  gone(at: string): void {
    for (const { seeker, road } of [...this.held.values()].filter((one) => one.at === at)) {
      if (seeker.isSeeking) {
        seeker.leave();
      } else {
        road.lost({ code: 1006, reason: 'who held the road has gone' });
      }
    }
  }

  private open(seeker: Seeker, at: string, listener: RoadListener): RemoteRoad {
    const { id, maxWaiting } = this.ports;
    this.last += 1;
    const number = this.last;
    const holder = this.holders.get(at) ?? this.ports.meet(at);
    this.holders.set(at, holder);
    const road = new RemoteRoad({ id, number, maxWaiting }, holder.tube, listener, () => {
      this.held.delete(number);
      this.rest(at);
    });
    this.held.set(number, { road, seeker, at });
    road.ask(seeker.subprotocols);
    return road;
  }

  private rest(at: string): void {
    if (![...this.held.values()].some((one) => one.at === at)) {
      const holder = this.holders.get(at);
      this.holders.delete(at);
      holder?.unwatch();
      holder?.tube.close();
    }
  }
}

/** A holder whose name is not known before he has answered. */
export const anybody = '';
