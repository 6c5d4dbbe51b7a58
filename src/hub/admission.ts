/**
 * Who may come in now: how many at once, how many of one user, how many from one address. Threats D5 and D12.
 * In: connections that come and go. Out: why one must go, if it must. Cannot fail.
 */
import type { Clock } from '../ground/clock.ts';
import { type Disconnect, disconnects } from '../wire/index.ts';
import { Allowance } from './allowance.ts';
import type { HubLimits } from './options.ts';

export class Admission {
  private readonly clock: Clock;
  private readonly limits: Required<HubLimits>;
  private readonly hellos: Allowance;
  private readonly byAddress = new Map<string, number>();
  private readonly byUser = new Map<string, number>();
  private admitting = 0;
  /** Set while the server is about to stop: nobody new stays. */
  private closedBecause: string | undefined;

  constructor(clock: Clock, limits: Required<HubLimits>) {
    this.clock = clock;
    this.limits = limits;
    this.hellos = new Allowance(limits.hellosPerSecond, clock.nowMs());
  }

  close(reason: string): void {
    this.closedBecause = reason;
  }

  /** A connection has come. Whatever the answer, `gone` follows. */
  come(address: string | undefined): Disconnect | undefined {
    const isTooMany =
      address !== undefined && add(this.byAddress, address) > this.limits.maxConnectionsPerAddress;
    return isTooMany ? disconnects.TOO_MANY_CONNECTIONS : undefined;
  }

  gone(address: string | undefined): void {
    if (address !== undefined) {
      remove(this.byAddress, address);
    }
  }

  /** A hello has come. When it is taken, `answered` follows. */
  hello(): Disconnect | undefined {
    if (this.closedBecause !== undefined) {
      return { ...disconnects.BUSY, reason: this.closedBecause };
    }
    // Those that are refused take nothing of the allowance.
    if (this.admitting >= this.limits.maxAdmitting || !this.hellos.take(this.clock.nowMs())) {
      return disconnects.BUSY;
    }
    this.admitting += 1;
    return undefined;
  }

  answered(): void {
    this.admitting -= 1;
  }

  /** The connection is this user's. When it may stay, `left` follows. */
  enter(user: string): Disconnect | undefined {
    if (add(this.byUser, user) > this.limits.maxConnectionsPerUser) {
      remove(this.byUser, user);
      return disconnects.TOO_MANY_CONNECTIONS;
    }
    return undefined;
  }

  left(user: string): void {
    remove(this.byUser, user);
  }
}

function add(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

function remove(counts: Map<string, number>, name: string): void {
  const count = counts.get(name)! - 1;
  if (count === 0) {
    counts.delete(name);
  } else {
    counts.set(name, count);
  }
}
