/**
 * Ends what is here of sessions that were revoked: their attachments, and their places in rosters, also where the client is away.
 * In: an order, or that some were missed. Out: sessions that are gone when it returns; leaves of rosters begin. Cannot fail.
 */
import { disconnects } from '../../wire/index.ts';
import type { Away } from '../session/away.ts';
import type { Session } from '../session/session.ts';
import { type Revoke, whyOf } from './order.ts';

export interface EndingsNeeds {
  readonly register: { find(id: string): Session | undefined; all(): Iterable<Session> };
  readonly away: Pick<Away, 'back'>;
  readonly presence: () => { sessions(user?: string): string[]; ended(session: string): void };
}

export class Endings {
  private readonly needs: EndingsNeeds;

  constructor(needs: EndingsNeeds) {
    this.needs = needs;
  }

  revoke(order: Revoke): void {
    const { user, session } = order;
    const why = whyOf(order);
    for (const attached of this.attached(user, session)) {
      attached.end(why);
    }
    this.leaveRosters(session === undefined ? this.needs.presence().sessions(user) : [session]);
  }

  /** Everybody here may be somebody who was revoked: all are judged anew, as they come with their tokens. */
  missed(): void {
    const { register, presence } = this.needs;
    for (const attached of register.all()) {
      attached.end(disconnects.TOKEN_EXPIRED);
    }
    this.leaveRosters(presence().sessions());
  }

  private attached(user: string | undefined, session: string | undefined): Session[] {
    const { register } = this.needs;
    if (session === undefined) {
      return [...register.all()].filter((one) => one.user === user);
    }
    const one = register.find(session);
    return one === undefined ? [] : [one];
  }

  private leaveRosters(sessions: readonly string[]): void {
    const { away, presence } = this.needs;
    for (const session of sessions) {
      away.back(session);
      presence().ended(session);
    }
  }
}
