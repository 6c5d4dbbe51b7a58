/**
 * The roads of this node, by their ids.
 * In: clients that come. Out: roads. Fails: beyond a limit there is none.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../ground/clock.ts';
import type { HttpRoadLimits } from './http-options.ts';
import { HttpRoad } from './http-road.ts';

/** Who asks for a road. */
export interface Comer {
  readonly name: string;
  readonly address: string | undefined;
}

/** The part of an id that nobody can guess: 144 random bits. */
const secretBytes = 18;

export class HttpRoads {
  private readonly node: string;
  private readonly clock: Clock;
  private readonly limits: Required<HttpRoadLimits>;
  private readonly byId = new Map<string, HttpRoad>();
  private readonly ofAddress = new Map<string, number>();

  constructor(node: string, clock: Clock, limits: Required<HttpRoadLimits>) {
    this.node = node;
    this.clock = clock;
    this.limits = limits;
  }

  get count(): number {
    return this.byId.size;
  }

  /** Undefined: there are too many, of all or of this address. */
  open({ name, address }: Comer): HttpRoad | undefined {
    const { limits, clock, byId, ofAddress } = this;
    const key = address ?? '';
    const count = ofAddress.get(key) ?? 0;
    if (byId.size >= limits.maxRoads || count >= limits.maxRoadsPerAddress) {
      return undefined;
    }
    ofAddress.set(key, count + 1);
    const id = `${this.node}.${randomBytes(secretBytes).toString('base64url')}`;
    const onGone = (): void => this.forget(id, key);
    const road = new HttpRoad({ id, name, address, clock, limits, onGone });
    byId.set(id, road);
    return road;
  }

  find(id: string): HttpRoad | undefined {
    return this.byId.get(id);
  }

  /** All end without a word: whoever had something to say has said it by now. */
  stop(): void {
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
