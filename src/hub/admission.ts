/**
 * Who may come in now: how many at once, how many of one user, how many from one address. Threats D5 and D12.
 * In: connections that come and go. Out: why one must go, if it must. Cannot fail.
 */
import type { Clock } from '../ground/clock.ts';
import { type Disconnect, disconnects } from '../wire/index.ts';
import { Allowance } from './allowance.ts';
import { Budgets } from './budgets.ts';
import { Counts } from './counts.ts';
import type { HubLimits } from './options.ts';

export class Admission {
  private readonly clock: Clock;
  private readonly limits: Required<HubLimits>;
  private readonly hellos: Allowance;
  private readonly byAddress = new Counts();
  private readonly byUser = new Counts();
  /** A session that is not resumed leaves a claim behind, for as long as its client may come back. */
  private readonly fresh: Budgets;
  private admitting = 0;
  /** Set while the server is about to stop: nobody new stays. */
  private closedBecause: string | undefined;

  constructor(clock: Clock, limits: Required<HubLimits>) {
    this.clock = clock;
    this.limits = limits;
    const { maxSessionsPerUser: most, sessionMs: perMs } = limits;
    this.fresh = new Budgets(clock, { most, perMs });
    this.hellos = new Allowance(limits.hellosPerSecond, clock.nowMs());
  }

  close(reason: string): void {
    this.closedBecause = reason;
  }

  /** A connection has come. Whatever the answer, `gone` follows. */
  come(address: string | undefined): Disconnect | undefined {
    const isTooMany =
      address !== undefined && this.byAddress.add(address) > this.limits.maxConnectionsPerAddress;
    return isTooMany ? disconnects.TOO_MANY_CONNECTIONS : undefined;
  }

  gone(address: string | undefined): void {
    if (address !== undefined) {
      this.byAddress.remove(address);
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

  /** The connection is this user's, and goes on with a session, or begins one. When it may stay, `left` follows. */
  enter(user: string, { isResumed }: { readonly isResumed: boolean }): Disconnect | undefined {
    const isTooMany = this.byUser.add(user) > this.limits.maxConnectionsPerUser;
    if (isTooMany || !(isResumed || this.fresh.take(user))) {
      this.byUser.remove(user);
      return disconnects.TOO_MANY_CONNECTIONS;
    }
    return undefined;
  }

  left(user: string): void {
    this.byUser.remove(user);
  }
}
