/**
 * One session's place in one roster. What is asked of it happens one after another, so that a leave follows its join whatever was awaited.
 * In: joins, updates, leaves. Out: entries of the roster, each leave on the condition that what stands there is this session's own, so that
 * each join has one leave, whoever writes it. Fails: `enter` rejects as the log does; a leave is tried until it is written.
 */
import { type BackoffOptions, backoffMs } from '../../ground/backoff.ts';
import type { Clock } from '../../ground/clock.ts';
import { type Appended, BrokerError, type Log, type NewPublication } from '../../ports/index.ts';
import { type Link, type Member, type Position, rosterMark } from '../../wire/index.ts';
import { jsonText } from '../data.ts';
import type { Notes } from '../notes.ts';
import { Rest } from '../rest.ts';
import { WorkQueue } from '../session/work-queue.ts';
import type { Whom } from '../whom.ts';

export interface RosterNeeds {
  readonly log: Log;
  readonly clock: Clock;
  readonly notes: Notes;
  readonly ids: { next(): string; chance(): number };
  /** The present name of this node. */
  node(): string;
}

/** Whose place it is, and where. */
export interface Who {
  readonly session: string;
  readonly whom: Whom;
  readonly channel: string;
}

/** Whoever wants to stand in a roster. */
export interface EntersRoster {
  readonly whom: Whom;
  /** Asked when its turn has come. `later`: what stands there stays as it is. */
  readonly may: () => Promise<'yes' | 'no' | 'later'>;
  /** Its client is connected to this node. */
  readonly isHere: () => boolean;
  /** Which attachment of its session this is: one more with each, on whatever node. */
  readonly generation: number;
}

/** Whoever wants to stand there no more. */
export interface LeavesRoster extends Pick<EntersRoster, 'isHere'> {
  /** It may have entered at another node, before its client came here. */
  readonly hasMoved: boolean;
}

export interface MembershipNeeds extends RosterNeeds {
  /** Nothing stands in the roster, and nothing is asked: it can be forgotten. */
  idle(membership: Membership): void;
}

const again: Required<BackoffOptions> = { firstMs: 500, maxMs: 10_000, factor: 2 };
/** So often in a row somebody else may have written. */
const mostOverwritten = 5;
const nowhere: Link = { offset: 0, id: '' };

/** The last word on a session in a roster. */
export function leaving(
  session: string,
  { ids, clock }: Pick<RosterNeeds, 'ids' | 'clock'>,
): NewPublication {
  return { id: ids.next(), key: session, data: null, removed: true, atMs: clock.wallMs() };
}

export class Membership {
  readonly session: string;
  readonly channel: string;
  readonly user: string;
  /** As of the connection by which its client was here last: it may be away. */
  whom: Whom;
  private readonly needs: MembershipNeeds;
  private readonly queue = new WorkQueue();
  private asked = 0;
  /** Of the attachment that spoke last. */
  private generation = 0;
  /** Of the latest attachment that is known to have been at another node, where it may have left. */
  private elsewhere = 0;
  private sinceMs = 0;
  private data: unknown;
  /** The id that `enter` tried last: it may stand in the roster though nobody said so. Undefined: nothing of ours stands there. */
  private tried: string | undefined;
  /** The entry that stands there, as far as was heard. */
  private entry: Link | undefined;
  /** Where the roster stood when that was heard. */
  private position: Position | undefined;
  /** What must be made true, because an attempt failed that may have been done nevertheless. */
  private uncertain: 'in' | 'out' | undefined;
  private isStopping = false;
  private readonly rest: Rest;

  constructor(who: Who, needs: MembershipNeeds) {
    this.session = who.session;
    this.channel = who.channel;
    this.user = who.whom.user;
    this.whom = who.whom;
    this.needs = needs;
    this.rest = new Rest(needs.clock);
  }

  /** Clients say it again on each connection: what stands there is not said twice. Undefined: it may not, or its client is not here any more. */
  enter(data: unknown, entering: EntersRoster): Promise<Position | undefined> {
    return this.inTurn(async () => {
      // One attachment later it was nowhere else in between, and nobody else wrote of it.
      const isOurs = entering.generation - this.generation <= 1 && this.position !== undefined;
      const isSaid = isOurs && jsonText(data) === jsonText(this.data);
      const may = await entering.may();
      if (may === 'yes') {
        this.generation = entering.generation;
        this.whom = entering.whom;
        return isSaid ? this.position : this.say(data, entering);
      }
      if (isSaid && may === 'no') {
        await this.remove();
      }
      return undefined;
    });
  }

  /** Where the roster stands with it. Undefined: it was not in there. */
  leave(): Promise<Position | undefined> {
    return this.inTurn(async () => (this.tried === undefined ? undefined : this.remove()));
  }

  /** Asks `mayStay` what stands there when its turn has come; what may not is taken out. */
  recheck(mayStay: (data: unknown) => Promise<boolean>): Promise<void> {
    return this.inTurn(async () => {
      if (this.tried !== undefined && !(await mayStay(this.data))) {
        await this.remove();
      }
    });
  }

  /** As its client asks. Undefined: it was not in there. */
  exit({ hasMoved, isHere }: LeavesRoster): Promise<Position | undefined> {
    return this.inTurn(async () => {
      if (this.tried !== undefined) {
        return this.remove(hasMoved ? isHere : undefined);
      }
      return hasMoved ? this.removeOther(isHere) : undefined;
    });
  }

  /** Its session was, or is, at another node by that attachment. What it said here before is said anew no more, once it stands there no more. */
  movedOn(generation: number): void {
    this.elsewhere = Math.max(this.elsewhere, generation);
  }

  /** The node has another name: its members are said anew, those included that others took for dead. */
  rejoin(): Promise<void> {
    return this.inTurn(async () => (this.tried === undefined ? undefined : this.replace()));
  }

  /** The node stops: whatever is tried is tried once more, and no longer. */
  stop(): void {
    this.isStopping = true;
    this.rest.wake();
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.asked += 1;
    try {
      return await this.queue.run(async () => {
        await this.certain();
        return work();
      });
    } finally {
      this.asked -= 1;
      if (this.asked === 0 && this.tried === undefined) {
        this.needs.idle(this);
      }
    }
  }

  private async say(data: unknown, { isHere }: EntersRoster): Promise<Position | undefined> {
    const isJoin = this.tried === undefined;
    const expect = isJoin ? nowhere : this.ours;
    this.sinceMs = isJoin ? this.needs.clock.wallMs() : this.sinceMs;
    this.data = data;
    const publication = this.standing();
    // Before it is sent: afterwards it may stand there, whatever is heard of it.
    this.tried = publication.id;
    try {
      const appended = await this.overwrite(publication, expect, isHere);
      this.heard(appended);
      if (appended?.outcome !== 'appended') {
        this.forget();
      } else if (isJoin && !isHere()) {
        // Nobody heard of it. If its client comes back it asks again, wherever that is.
        await this.remove();
      }
      return this.position;
    } catch (error) {
      this.uncertain = isJoin ? 'out' : 'in';
      void this.inTurn(() => Promise.resolve());
      throw error;
    }
  }

  /**
   * What another node wrote of this session is older than what its client says here, as long as that is here: what lands late must not
   * replace what it said elsewhere since. Undefined: it is not.
   */
  private async overwrite(
    publication: NewPublication,
    first: Link,
    isHere: () => boolean,
  ): Promise<Appended | undefined> {
    let expect = first;
    for (let left = mostOverwritten; left > 0; left -= 1) {
      const appended = await this.needs.log.append(this.roster, publication, { expect });
      if (appended.outcome !== 'conflict') {
        return appended;
      }
      if (!isHere()) {
        return undefined;
      }
      expect = appended.at;
    }
    throw new BrokerError('BROKER_UNREACHABLE', 'others write of this session all the time', true);
  }

  private forget(): void {
    this.tried = undefined;
    this.entry = undefined;
    this.position = undefined;
  }

  /** Nothing else is tried before it is known what stands there: not even what was asked before the failure. */
  private async certain(): Promise<void> {
    const { uncertain } = this;
    this.uncertain = undefined;
    if (uncertain === 'out') {
      await this.remove();
    } else if (uncertain === 'in') {
      await this.replace();
    }
  }

  /** @param isHere With it, what another node wrote since is removed too, as long as the client is here. */
  private async remove(isHere?: () => boolean): Promise<Position | undefined> {
    const { position } = this;
    const removed = await this.swap(leaving(this.session, this.needs), this.ours);
    this.heard(removed);
    // Appended; or somebody else did it, or has said something newer. Then nothing of this node's is left to do.
    const after = this.position ?? position;
    this.forget();
    if (isHere !== undefined && removed?.outcome === 'conflict') {
      return (await this.removeAt(removed.at, isHere)) ?? after;
    }
    return after;
  }

  /** Whatever stands there of this session, it is older than what its client says now. */
  private async removeOther(isHere: () => boolean): Promise<Position | undefined> {
    const unheard = leaving(this.session, this.needs);
    // No entry has an id that is new: the conflict says what stands there.
    const expect = { offset: 1, id: unheard.id };
    const found = await this.needs.log.append(this.roster, unheard, { expect });
    return found.outcome === 'conflict' ? this.removeAt(found.at, isHere) : undefined;
  }

  private async removeAt(at: Link, isHere: () => boolean): Promise<Position | undefined> {
    if (at.offset === 0 || !isHere()) {
      return undefined;
    }
    const last = leaving(this.session, this.needs);
    const appended = await this.needs.log.append(this.roster, last, { expect: at });
    return appended.outcome === 'appended' ? appended.position : undefined;
  }

  private async replace(): Promise<void> {
    const publication = this.standing();
    const replaced = await this.swap(publication, this.ours);
    const isGone = replaced?.outcome === 'conflict' && replaced.at.offset === 0;
    if (isGone && this.elsewhere > this.generation) {
      this.forget();
    } else if (isGone) {
      const joining = this.standing();
      this.settle(await this.swap(joining, nowhere), joining.id);
    } else {
      this.settle(replaced, publication.id);
    }
  }

  private settle(appended: Appended | undefined, id: string): void {
    if (appended?.outcome === 'conflict' && appended.at.id !== id) {
      // The session is on another node by now, which answers for it.
      this.forget();
    } else {
      this.tried = id;
      this.entry = appended?.outcome === 'conflict' ? appended.at : this.entry;
      this.heard(appended);
    }
  }

  private heard(appended: Appended | undefined): void {
    if (appended?.outcome === 'appended') {
      this.entry = appended.position;
      this.position = appended.position;
    }
  }

  /** Without an offset that was heard, the id alone: no entry has it at that offset but ours, and a conflict says where it stands. */
  private get ours(): Link {
    return this.entry ?? { offset: 1, id: this.tried! };
  }

  /**
   * Until it is certain. The publication keeps its id meanwhile, and the condition holds once, so that it is appended once. Undefined: the
   * node stops.
   */
  private async swap(publication: NewPublication, expect: Link): Promise<Appended | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.swapOnce(publication, expect);
      } catch (error) {
        this.needs.notes.failed(error);
      }
      if (this.isStopping) {
        return undefined;
      }
      await this.rest.wait(backoffMs(attempt, () => this.needs.ids.chance(), again));
    }
  }

  private async swapOnce(publication: NewPublication, expect: Link): Promise<Appended> {
    const { log } = this.needs;
    const appended = await log.append(this.roster, publication, { expect });
    // What was tried before stands there after all.
    const isOurs = appended.outcome === 'conflict' && appended.at.id === this.tried;
    return isOurs ? log.append(this.roster, publication, { expect: appended.at }) : appended;
  }

  private standing(): NewPublication {
    const { ids, clock } = this.needs;
    const { user, sinceMs } = this;
    const data: Member = { user, data: this.data, sinceMs, node: this.needs.node() };
    return { id: ids.next(), key: this.session, data, atMs: clock.wallMs(), by: user };
  }

  private get roster(): string {
    return rosterMark + this.channel;
  }
}
