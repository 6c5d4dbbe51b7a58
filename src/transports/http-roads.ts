/**
 * The roads of this node, by their ids.
 * In: clients that come. Out: roads. Fails: beyond a limit there is none.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../ground/clock.ts';
import type { Handshake } from '../ports/index.ts';
import type { HttpRoadLimits } from './http-options.ts';
import { HttpRoad } from './http-road.ts';

/** Who asks for a road. */
export interface Comer {
  readonly name: string;
  readonly address: string | undefined;
  readonly handshake: Handshake;
}

/** The part of an id that nobody can guess: 144 random bits. */
const secretBytes = 18;

export class HttpRoads {
  private readonly node: string;
  private readonly clock: Clock;
  private readonly limits: Required<HttpRoadLimits>;
  private readonly byId = new Map<string, HttpRoad>();
  private readonly ofAddress = new Map<string, number>();
  private hasStopped = false;

  constructor(node: string, clock: Clock, limits: Required<HttpRoadLimits>) {
    this.node = node;
    this.clock = clock;
    this.limits = limits;
  }

  get count(): number {
    return this.byId.size;
  }

  /** Whether there is room for one more, of all and of this address. */
  hasRoomFor(address: string | undefined): boolean {
    const { maxRoads, maxRoadsPerAddress } = this.limits;
    const count = this.ofAddress.get(address ?? '') ?? 0;
    return !this.hasStopped && this.byId.size < maxRoads && count < maxRoadsPerAddress;
  }

  /** Undefined: there is no room. */
  open({ name, address, handshake }: Comer): HttpRoad | undefined {
    const { limits, clock, byId, ofAddress } = this;
    if (!this.hasRoomFor(address)) {
      return undefined;
    }
    const key = address ?? '';
    ofAddress.set(key, (ofAddress.get(key) ?? 0) + 1);
    const id = `${this.node}.${randomBytes(secretBytes).toString('base64url')}`;
    const onGone = (): void => this.forget(id, key);
    const road = new HttpRoad({ id, name, address, handshake, clock, limits, onGone });
    byId.set(id, road);
    return road;
  }

  find(id: string): HttpRoad | undefined {
    return this.byId.get(id);
  }

  /** After `stop`: they may come again. */
  start(): void {
    this.hasStopped = false;
  }

  /** All end without a word, and none comes after them: whoever had something to say has said it by now. */
  stop(): void {
    this.hasStopped = true;
    for (const road of this.byId.values()) {
      road.vanish();
    }
  }

  private forget(id: string, key: string): void {
    this.byId.delete(id);
    const left = this.ofAddress.get(key)! - 1;
    if (left > 0) {
      this.ofAddress.set(key, left);
    } else {
      this.ofAddress.delete(key);
    }
  }
}
