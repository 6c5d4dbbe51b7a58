/**
 * What was revoked, for as long as somebody may come back to it, or is being let in (threats D7 and D12).
 * In: orders, as they are carried out here. Out: whether a session may go on, or a hello may still be answered with yes. Cannot fail. Of more
 * than it remembers it forgets the oldest, and then knows less than it should: whoever may be meant is treated as if it were.
 */
import type { Clock } from '../../ground/clock.ts';
import { type Disconnect, disconnects, type Position } from '../../wire/index.ts';
import { type Revoke, whyOf } from './order.ts';

/** Whoever is asked about. */
export interface Who {
  readonly user: string;
  readonly session: string;
}

interface Mark {
  /** Of which it is known where it stands, or will be. Empty: of several. */
  readonly order: string;
  /** The how manieth it was on this node. */
  readonly turn: number;
  /** Where its order stands in the log; undefined as long as that is not known: after everything. */
  readonly at: Position | undefined;
  readonly why: Disconnect;
  readonly untilMs: number;
}

/** Names of users and sessions. */
const mostRemembered = 10_000;

export class Revoked {
  private readonly clock: Clock;
  private readonly keepMs: number;
  private readonly most: number;
  /** By user or session. What came first stands first. */
  private readonly marks = new Map<string, Mark>();
  /** Of everybody: orders that this node cannot know, or does not remember. */
  private unknown: Mark | undefined;
  private turn = 0;

  /** @param keepMs For how long a session can be resumed that no node has ended, at the most. */
  constructor(clock: Clock, keepMs: number, most: number = mostRemembered) {
    this.clock = clock;
    this.keepMs = keepMs;
    this.most = most;
  }

  /** To be taken before a hello is judged, and given to `since` when it was. */
  get now(): number {
    return this.turn;
  }

  get size(): number {
    this.forgetOld();
    return this.marks.size;
  }

  /** Another order is carried out from now on. */
  add(order: Revoke, at: Position | undefined): void {
    this.forgetOld();
    const name = nameOf(order);
    const before = this.marks.get(name);
    this.marks.delete(name);
    const mark = this.mark(order.id, { at, why: whyOf(order) });
    this.marks.set(name, before === undefined ? mark : { ...mark, ...latest(before, mark) });
    this.forgetOld();
  }

  /** Where it stands is known by now. */
  settle(order: Revoke, at: Position): void {
    const mark = this.marks.get(nameOf(order));
    if (mark?.order === order.id) {
      this.marks.set(nameOf(order), { ...mark, at });
    }
  }

  /** Orders up to there may have been missed. */
  missed(at: Position): void {
    this.unknown = this.mark('', { at, why: disconnects.TOKEN_EXPIRED });
  }

  /** Why whoever was judged by what was true at that turn must go nevertheless, if it must. */
  since(turn: number, who: Who): Disconnect | undefined {
    return this.of(who).find((mark) => mark.turn > turn)?.why;
  }

  /** Whether a session has ended. `known`: up to where orders were carried out at the node that held it last; undefined: nobody knows. */
  hasEnded(who: Who, known: Position | undefined): boolean {
    return this.of(who).some(
      ({ at }) => at?.epoch !== known?.epoch || at === undefined || at.offset > known!.offset,
    );
  }

  private mark(order: string, { at, why }: Pick<Mark, 'at' | 'why'>): Mark {
    this.turn += 1;
    return { order, turn: this.turn, at, why, untilMs: this.clock.nowMs() + this.keepMs };
  }

  private of({ user, session }: Who): Mark[] {
    this.forgetOld();
    const marks = [this.marks.get(ofSession(session)), this.marks.get(ofUser(user)), this.unknown];
    return marks.filter((mark) => mark !== undefined);
  }

  private forgetOld(): void {
    const nowMs = this.clock.nowMs();
    for (const [name, mark] of this.marks) {
      const isOver = mark.untilMs <= nowMs;
      if (!isOver && this.marks.size <= this.most) {
        break;
      }
      this.marks.delete(name);
      if (!isOver) {
        const turn = this.unknown?.turn ?? 0;
        const isLatest = mark.turn > turn;
        this.unknown = isLatest ? { ...mark, why: disconnects.TOKEN_EXPIRED } : this.unknown;
      }
    }
    if (this.unknown !== undefined && this.unknown.untilMs <= nowMs) {
      this.unknown = undefined;
    }
  }
}

/** Of two orders that mean the same the one that stands later, as far as that is known. */
function latest(before: Mark, mark: Mark): Pick<Mark, 'order' | 'at'> {
  if (before.at === undefined || mark.at === undefined) {
    return before.at === undefined ? { order: '', at: undefined } : mark;
  }
  const isEarlier = before.at.epoch === mark.at.epoch && before.at.offset > mark.at.offset;
  return isEarlier ? { order: '', at: before.at } : mark;
}

function nameOf({ user, session }: Revoke): string {
  return session === undefined ? ofUser(user!) : ofSession(session);
}

function ofUser(user: string): string {
  return `u${user}`;
}

function ofSession(session: string): string {
  return `s${session}`;
}
