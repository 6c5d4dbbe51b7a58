/**
 * One road between a client and a server: two ends, and a lane each way.
 * In: what both ends send, and faults. Out: what arrives, under the conditions of the moment. Fails: a lane that holds too much cuts the
 * road.
 */
import type { Clock } from '../../ground/clock.ts';
import {
  ClientEnd,
  type ClosedWhy,
  type EndPorts,
  mustFit,
  type NetworkListener,
} from './client-end.ts';
import { type Course, Lane, type Parcel } from './lane.ts';
import {
  type Conditions,
  calm,
  conditionsFrom,
  NetworkError,
  type NetworkLimits,
  type Way,
} from './options.ts';
import { type Reception, ServerEnd } from './server-end.ts';

/** A road, for those who set faults. */
export interface NetworkRoad {
  /** 1 for the first that was opened. */
  readonly id: number;
  readonly client: string;
  readonly server: string;
  /** Conditions of this road alone; those that it had before are forgotten. They count before those of hosts. */
  set(conditions: Conditions): void;
  /** Everything under way is lost, and both ends are told in the next turn of the clock: the client with 1006. */
  cut(): void;
  /** The same, but the client is told this, as if somebody between the two had closed. */
  close(code: number, reason: string): void;
}

export interface RoadOptions {
  readonly id: number;
  readonly client: string;
  readonly server: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: Required<NetworkLimits>;
  readonly listener: NetworkListener;
  /** Conditions of the network and of both hosts. */
  readonly weather: () => Conditions;
  readonly isHeld: () => boolean;
  readonly admit: () => Reception | string;
  /** Both ends are no more. */
  readonly over: (road: Road) => void;
}

export class Road implements NetworkRoad {
  readonly id: number;
  readonly client: string;
  readonly server: string;
  readonly clientEnd: ClientEnd;
  private readonly serverEnd: ServerEnd;
  private readonly options: RoadOptions;
  private readonly toServer: Lane;
  private readonly toClient: Lane;
  private own: Conditions = {};
  private conditions: Required<Conditions>;

  constructor(options: RoadOptions) {
    this.options = options;
    this.id = options.id;
    this.client = options.client;
    this.server = options.server;
    this.conditions = { ...calm, ...options.weather() };
    this.toServer = this.lane('toServer', (parcel) => this.serverEnd.arrived(parcel));
    this.toClient = this.lane('toClient', (parcel) => this.clientEnd.arrived(parcel));
    this.clientEnd = new ClientEnd(options.listener, {
      ...this.portsOn(this.toServer),
      gaveUp: () => this.gaveUp(),
    });
    this.serverEnd = new ServerEnd({
      ...this.portsOn(this.toClient),
      address: options.client,
      bufferedBytes: () => this.toClient.bufferedBytes,
      drained: () => this.toClient.drained(),
      admit: () => this.admit(),
    });
  }

  connect(): void {
    this.toServer.push({ kind: 'connect', bytes: 0 });
  }

  set(conditions: Conditions): void {
    this.own = conditionsFrom(conditions);
    this.refresh();
  }

  cut(): void {
    this.end({ code: 1006, reason: 'the network cut the road' });
  }

  close(code: number, reason: string): void {
    if (!(Number.isInteger(code) && code >= 1000 && code <= 4999)) {
      throw new NetworkError('CLOSE_CODE_INVALID', `no road closes with ${code}`);
    }
    mustFit(reason);
    this.end({ code, reason });
  }

  /** The weather has changed. */
  refresh(): void {
    this.conditions = { ...calm, ...this.options.weather(), ...this.own };
    this.toServer.change(this.course('toServer'));
    this.toClient.change(this.course('toClient'));
  }

  private end(why: ClosedWhy): void {
    this.clientEnd.cut(why);
    this.serverEnd.cut();
  }

  private admit(): Reception | string {
    const { refuseShare } = this.conditions;
    return refuseShare > 0 && this.options.random() < refuseShare
      ? 'the connect was refused'
      : this.options.admit();
  }

  private lane(way: Way, arrived: (parcel: Parcel) => void): Lane {
    const { clock, random, limits } = this.options;
    const { maxMessages, maxBytes } = limits;
    const overfull = (): void => this.end({ code: 1006, reason: 'too much was under way' });
    const course = this.course(way);
    const lost = (): void => this.lost();
    return new Lane({ clock, random, maxMessages, maxBytes, course, arrived, overfull, lost });
  }

  private portsOn(lane: Lane): EndPorts {
    return {
      clock: this.options.clock,
      closeWithinMs: this.options.limits.closeWithinMs,
      send: (parcel) => this.send(lane, parcel),
      finish: (parcel) => lane.finish(parcel),
      gone: () => this.endGone(),
    };
  }

  private send(lane: Lane, parcel: Parcel): void {
    const { cutShare } = this.conditions;
    if (parcel.kind === 'message' && cutShare > 0 && this.options.random() < cutShare) {
      this.cut();
      return;
    }
    lane.push(parcel);
  }

  /** Behind a partition nobody goes on knocking for a client that gave up. */
  private gaveUp(): void {
    if (this.options.isHeld() && this.serverEnd.phase === 'connecting') {
      this.serverEnd.cut();
    }
  }

  /** A client that gave up before the server heard of it: nobody is left who could end the road. */
  private lost(): void {
    if (this.clientEnd.phase === 'gone' && this.serverEnd.phase === 'connecting') {
      this.serverEnd.cut();
    }
  }

  /** While one end is still there, what is under way to it arrives. */
  private endGone(): void {
    const { clientEnd, serverEnd } = this;
    if (serverEnd.phase === 'gone') {
      this.toClient.letGo();
    }
    if (clientEnd.phase === 'gone' && serverEnd.phase === 'gone') {
      this.toServer.end();
      this.toClient.end();
      this.options.over(this);
    }
  }

  private course(way: Way): Course {
    const { delayMs, jitterMs, readBytesPerSecond, swallow } = this.conditions;
    return {
      delayMs,
      jitterMs,
      bytesPerSecond: way === 'toClient' ? readBytesPerSecond : Number.POSITIVE_INFINITY,
      isSwallowed: swallow === way || swallow === 'both',
      isHeld: this.options.isHeld(),
    };
  }
}
