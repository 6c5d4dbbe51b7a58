/**
 * The lives of a node: each has a name that is never given twice, and is a claim with a lease. One that missed its lease is dead, whatever it
 * thinks: others have said so. It goes on under another name.
 * In: claims and time. Out: the present name, whether others can have taken it for dead, and a call at each new life. Fails: `start` as the broker does; later failures are tried again.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import type { Claims } from '../../ports/index.ts';
import type { Notes } from '../notes.ts';

export interface NodeLifeNeeds {
  readonly claims: Claims;
  readonly clock: Clock;
  readonly notes: Notes;
  readonly leaseMs: number;
  /** Never the same twice. */
  newName(): string;
  /** It has another name now. */
  reborn(): void;
  /** It was alive just now: three times in each lease. */
  beat(): void;
}

export class NodeLife {
  private readonly needs: NodeLifeNeeds;
  private present: string;
  private revision: string | undefined;
  private cancel: Cancel | undefined;
  private isStopped = false;
  /** By this node's clock, from before it asked: never later than by the engine's. */
  private heldUntilMs = 0;
  private lapsed = 0;

  constructor(needs: NodeLifeNeeds) {
    this.needs = needs;
    this.present = needs.newName();
  }

  get name(): string {
    return this.present;
  }

  /** Nobody can have taken this life for dead yet. */
  get isHeld(): boolean {
    return this.needs.clock.nowMs() < this.heldUntilMs;
  }

  /** How often somebody may have. */
  get lapses(): number {
    return this.lapsed;
  }

  async start(): Promise<void> {
    await this.claim();
    this.next(this.needs.leaseMs / 3);
  }

  /** Others need not wait until the lease ends. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.heldUntilMs = 0;
    this.cancel?.();
    const { revision, present } = this;
    this.revision = undefined;
    if (revision !== undefined) {
      await this.needs.claims.release(keyOf(present), revision);
    }
  }

  /** Whether this life of a node goes on. */
  async isAlive(name: string): Promise<boolean> {
    return name === this.present || (await this.needs.claims.get(keyOf(name))) !== undefined;
  }

  private async claim(): Promise<void> {
    const { claims, leaseMs, clock } = this.needs;
    const askedMs = clock.nowMs();
    const put = await claims.put(keyOf(this.present), '', { expect: undefined, leaseMs });
    this.revision = put.done ? put.revision : undefined;
    this.hold(put.done, askedMs);
  }

  private hold(isHeld: boolean, askedMs: number): void {
    const { clock, leaseMs } = this.needs;
    if (!isHeld || clock.nowMs() >= this.heldUntilMs) {
      this.lapsed += 1;
    }
    this.heldUntilMs = isHeld ? askedMs + leaseMs : 0;
  }

  private next(inMs: number): void {
    if (!this.isStopped) {
      this.cancel = this.needs.clock.after(inMs, () => void this.beat());
    }
  }

  private async beat(): Promise<void> {
    const { claims, clock, leaseMs, notes } = this.needs;
    const { revision, present } = this;
    try {
      const askedMs = clock.nowMs();
      const isHeld =
        revision !== undefined && (await claims.renew(keyOf(present), revision, leaseMs));
      this.hold(isHeld, askedMs);
      if (!isHeld && !this.isStopped) {
        await this.begin();
      }
      if (!this.isStopped) {
        this.needs.beat();
      }
      this.next(leaseMs / 3);
    } catch (error) {
      notes.failed(error);
      // Sooner: the lease goes on running out.
      this.next(leaseMs / 12);
    }
  }

  /** Another life. Claimed before anybody hears its name, so that nobody takes it for dead. */
  private async begin(): Promise<void> {
    this.revision = undefined;
    this.present = this.needs.newName();
    await this.claim();
    this.needs.reborn();
  }
}

function keyOf(name: string): string {
  return `~node:${name}`;
}
