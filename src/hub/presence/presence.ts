/**
 * Who is in which roster, as far as this node answers for it (docs/1-learn/guarantees.md, Presence). A roster is keyed state in a channel of its
 * own: a member is a value under its session's name, a leave takes it away.
 * In: what sessions ask, and that they ended. Out: answers, and entries of rosters. Each join is followed by exactly one leave, of whatever
 * node. Fails: a promise that rejects is the log's failure, for the session to tell.
 */
import type { Policy } from '../../ports/index.ts';
import {
  type Enter,
  type ErrorCode,
  type Exit,
  isChannelName,
  reservedMark,
  rosterMark,
  type ServerMessage,
} from '../../wire/index.ts';
import type { Application } from '../application.ts';
import { Counts } from '../counts.ts';
import { isLonger, jsonText } from '../data.ts';
import { asked, type Denied, deny, judge } from '../denied.ts';
import type { Granted, NodeScope } from '../rights.ts';
import { asking, type Whom } from '../whom.ts';
import { type EntersRoster, Membership, type MembershipNeeds } from './membership.ts';
import type { PresenceLimits } from './options.ts';
import { RosterWatch, type WatchNeeds } from './roster-watch.ts';

/** A session, as rosters see it. */
export interface Entrant {
  readonly id: string;
  readonly whom: Whom;
  /** One more with each connection, on whatever node. */
  readonly generation: number;
  readonly isOpen: boolean;
  tell(message: ServerMessage): void;
  refuse(
    id: number,
    code: ErrorCode,
    message: string,
    more?: Omit<Denied, 'code' | 'message'>,
  ): void;
}

export interface PresenceNeeds extends Omit<WatchNeeds, 'answersFor' | 'leaseMs'> {
  /** What is said of a user, made of what its client said. */
  readonly member?: Application['member'] | undefined;
  readonly policy: Policy;
  readonly maxDataBytes: number;
  readonly limits: Required<PresenceLimits>;
}

/** One for each hub. A member belongs to its session, not to a connection: it stays while its client comes back. */
export class Presence {
  private readonly needs: PresenceNeeds;
  private readonly ofMembers: MembershipNeeds;
  private readonly watch: RosterWatch;
  /** By session, then by channel. Those that are on their way in or out included. */
  private readonly members = new Map<string, Map<string, Membership>>();
  /** How many there are of each channel. */
  private readonly counts = new Counts();
  /** The same, of each user. */
  private readonly ofUser = new Counts();

  constructor(needs: PresenceNeeds) {
    this.needs = needs;
    this.ofMembers = { ...needs, idle: (membership) => this.forget(membership) };
    this.watch = new RosterWatch({
      ...needs,
      leaseMs: needs.limits.leaseMs,
      answersFor: (session, channel) => this.members.get(session)?.has(channel) === true,
    });
  }

  get view(): { readonly sessions: number; readonly rosters: number; readonly watched: number } {
    const { members, counts, watch } = this;
    return { sessions: members.size, rosters: counts.size, watched: watch.size };
  }

  start(): Promise<void> {
    return this.watch.start();
  }

  async enter(session: Entrant, { id, channel, data: said }: Enter): Promise<void> {
    const { policy, limits } = this.needs;
    const saying = this.dataOf(session, channel, said);
    const data = saying?.data;
    const text = data instanceof Uint8Array ? undefined : jsonText(data);
    if (!hasRoster(channel)) {
      session.refuse(id, 'CHANNEL_INVALID', 'this channel can have no roster');
    } else if (saying === undefined) {
      session.refuse(id, 'FORBIDDEN', 'you may not be in this roster');
    } else if (text === undefined || isLonger(text, limits.maxMemberBytes)) {
      const most = `of a member ${limits.maxMemberBytes} bytes of JSON may be said`;
      session.refuse(id, 'DATA_TOO_LARGE', most);
    } else {
      // Taken before anything is awaited, so that whatever is asked next comes after it.
      const membership = this.find(session.id, channel) ?? this.admit(session, channel);
      const { whom } = session;
      let denied: Denied = { code: 'FORBIDDEN', message: 'you may not be in this roster' };
      const entering = membership?.enter(data, {
        whom,
        may: async () => {
          const question = { ...asking(whom), channel, data };
          const why = await judge(() => policy.enter?.(question), denied.message, this.needs);
          denied = why ?? denied;
          return mayEnter(why, session);
        },
        isHere: () => session.isOpen,
        generation: session.generation,
      });
      await answer(session, id, entering, () => denied);
    }
  }

  async exit(session: Entrant, { id, channel }: Exit): Promise<void> {
    const hasMoved = session.generation > 1;
    const known = this.find(session.id, channel);
    // Taken too where it is not known, so that what is asked next comes after it.
    const membership = known ?? (hasMoved ? this.admit(session, channel) : undefined);
    const position = await membership?.exit({ hasMoved, isHere: () => session.isOpen });
    if (position === undefined) {
      session.refuse(id, 'NOT_ENTERED', 'this client is not in that roster');
    } else {
      session.tell({ type: 'entered', id, position });
    }
  }

  /** Sessions that stand in any roster; of that user. */
  sessions(user?: string): string[] {
    const all = this.all().filter((member) => user === undefined || member.user === user);
    return [...new Set(all.map(({ session }) => session))];
  }

  /** Whether it stands in any roster, or is on its way in or out. */
  holds(session: string): boolean {
    return this.members.has(session);
  }

  /** By that attachment the session was, or is, at another node: it may have left there. */
  movedOn(session: string, generation: number): void {
    for (const membership of this.members.get(session)?.values() ?? []) {
      membership.movedOn(generation);
    }
  }

  /** Its client is here again: from now on its places are judged by what is known of it now. True: that is not what was known before. */
  cameBack({ id, whom }: Pick<Entrant, 'id' | 'whom'>): boolean {
    let isOther = false;
    for (const membership of this.members.get(id)?.values() ?? []) {
      isOther ||= membership.whom.guest !== whom.guest;
      membership.whom = whom;
    }
    return isOther;
  }

  /** The session is over. What it asked before is done first, and undone. */
  ended(session: string): void {
    for (const membership of this.members.get(session)?.values() ?? []) {
      void membership.leave();
    }
  }

  /** Members of this node whose right to be there is asked about again: those too whose client is away. */
  *granted({ user, channel, session }: NodeScope): Iterable<Granted> {
    const members =
      session === undefined ? this.all() : [...(this.members.get(session)?.values() ?? [])];
    for (const member of members) {
      const isMeant = user === undefined || user === member.user;
      if (isMeant && (channel === undefined || channel === member.channel)) {
        yield () => member.recheck((data) => this.mayStay(member, data));
      }
    }
  }

  /** A client here looks at the channel's roster. */
  watched(channel: string): void {
    this.watch.keep(channel);
  }

  unwatched(channel: string): void {
    this.watch.release(channel);
  }

  /** To be called three times in each lease, as long as this node is alive. */
  beat(): Promise<void> {
    return this.watch.beat();
  }

  /** This node has another name: others took it for dead. */
  reborn(): void {
    for (const membership of this.all()) {
      void membership.rejoin();
    }
  }

  /** Says that all have left; what cannot be said now, others will when they miss this node. */
  async stop(): Promise<void> {
    this.watch.stop();
    const memberships = this.all();
    const leaves = memberships.map((membership) => membership.leave());
    for (const membership of memberships) {
      membership.stop();
    }
    await Promise.all(leaves);
  }

  /** Undefined: whoever was to say it has thrown. */
  private dataOf({ whom }: Entrant, channel: string, said: unknown): { data: unknown } | undefined {
    const { member, notes } = this.needs;
    try {
      const data = member === undefined ? said : member({ ...asking(whom), channel, data: said });
      return { data };
    } catch (error) {
      notes.failed(error);
      return undefined;
    }
  }

  private async mayStay({ whom, channel }: Membership, data: unknown): Promise<boolean> {
    const { policy } = this.needs;
    const question = { ...asking(whom), channel, data, again: true } as const;
    return (await asked(() => policy.enter?.(question), this.needs)) === true;
  }

  private all(): Membership[] {
    return [...this.members.values()].flatMap((ofSession) => [...ofSession.values()]);
  }

  private find(session: string, channel: string): Membership | undefined {
    return this.members.get(session)?.get(channel);
  }

  /** Undefined: there is no room for it. */
  private admit({ id: session, whom }: Entrant, channel: string): Membership | undefined {
    const { user } = whom;
    const { maxMembers, maxMembersPerUser, maxRostersOfSession } = this.needs.limits;
    const ofSession = this.members.get(session) ?? new Map<string, Membership>();
    const isFull =
      ofSession.size >= maxRostersOfSession ||
      this.counts.of(channel) >= maxMembers ||
      this.ofUser.of(nameOf(channel, user)) >= maxMembersPerUser;
    if (isFull) {
      return undefined;
    }
    const membership = new Membership({ session, whom, channel }, this.ofMembers);
    this.members.set(session, ofSession.set(channel, membership));
    this.ofUser.add(nameOf(channel, user));
    if (this.counts.add(channel) === 1) {
      this.watch.keep(channel);
    }
    return membership;
  }

  private forget({ session, channel, user }: Membership): void {
    const ofSession = this.members.get(session)!;
    ofSession.delete(channel);
    if (ofSession.size === 0) {
      this.members.delete(session);
    }
    this.ofUser.remove(nameOf(channel, user));
    if (this.counts.remove(channel) === 0) {
      this.watch.release(channel);
    }
  }
}

function mayEnter(
  denied: Denied | undefined,
  { isOpen }: Entrant,
): Awaited<ReturnType<EntersRoster['may']>> {
  if (denied === undefined && isOpen) {
    return 'yes';
  }
  return denied?.retryable === true ? 'later' : 'no';
}

async function answer(
  session: Entrant,
  id: number,
  entering: ReturnType<Membership['enter']> | undefined,
  denied: () => Denied,
): Promise<void> {
  if (entering === undefined) {
    const message = 'there is no room in this roster, or for one more';
    session.refuse(id, 'TOO_MANY_MEMBERS', message, { retryable: true });
    return;
  }
  const position = await entering;
  if (position === undefined) {
    deny(session, id, denied());
  } else {
    session.tell({ type: 'entered', id, position });
  }
}

/** With the length before them no two pairs give the same. */
function nameOf(channel: string, user: string): string {
  return `${channel.length}:${channel}${user}`;
}

function hasRoster(channel: string): boolean {
  return !channel.startsWith(reservedMark) && isChannelName(rosterMark + channel);
}
