/**
 * Rights that were withdrawn: what the policy allowed once, and what goes on since, it is asked about again (threats D11 and D12).
 * In: whose rights changed, and where; sessions that brought another token. Out: a question to the policy for all of that on this node, at a bounded
 * rate, what concerns fewest first.
 * Cannot fail: a question that does has been told to the observer. Other nodes are told by orders/orders.
 */
import type { Clock } from '../ground/clock.ts';
import { Allowance } from './allowance.ts';
import type { Notes } from './notes.ts';

/** Whose rights changed, and in which channel. Left out: all of them. */
export interface RightsScope {
  readonly user?: string;
  readonly channel?: string;
}

/** The same, of what is at this node; of one session, when its token says something else of it than the one before. */
export interface NodeScope extends RightsScope {
  readonly session?: string;
}

/** One thing that goes on because the policy allowed it: asks again, and ends it when the answer is no. */
export type Granted = () => Promise<void>;

export interface RightsNeeds {
  readonly clock: Clock;
  readonly notes: Pick<Notes, 'failed'>;
  /** Questions to the policy in a second. */
  readonly perSecond: number;
  /** All there is of that, at the time when it is called. What has ended until its turn comes asks nothing. */
  granted(scope: NodeScope): Iterable<Granted>;
}

/** So many questions are open at once, and each is waited for so long, in milliseconds: what is answered later counts nevertheless. */
const atOnce = 64;
const waitedForMs = 10_000;
/** Scopes that wait for their turn. When there are more, everything is looked at. */
const maxScopes = 1_000;

interface Round {
  readonly scope: NodeScope;
  readonly done: Promise<void>;
  readonly finish: () => void;
  items: Iterator<Granted> | undefined;
  /** Asked for again after it began: what was looked at before that is looked at once more. */
  isAgain: boolean;
}

export class Rights {
  private readonly needs: RightsNeeds;
  private readonly allowance: Allowance;
  private readonly rounds = new Map<string, Round>();
  private isWorking = false;
  private isStopped = false;

  constructor(needs: RightsNeeds) {
    this.needs = needs;
    this.allowance = new Allowance(needs.perSecond, needs.clock.nowMs());
  }

  stop(): void {
    this.isStopped = true;
    for (const { finish } of this.rounds.values()) {
      finish();
    }
    this.rounds.clear();
  }

  /** Resolves when it has asked about all of it. */
  recheck(scope: NodeScope): Promise<void> {
    if (this.isStopped) {
      return Promise.resolve();
    }
    const isRoom = this.rounds.size < maxScopes || this.rounds.has(keyOf(scope));
    const round = this.round(isRoom ? scope : {});
    if (!this.isWorking) {
      void this.work();
    }
    return round.done;
  }

  private round(scope: NodeScope): Round {
    const known = this.rounds.get(keyOf(scope));
    if (known !== undefined) {
      known.isAgain = known.items !== undefined;
      return known;
    }
    let finish!: () => void;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const round: Round = { scope, done, finish, items: undefined, isAgain: false };
    this.rounds.set(keyOf(scope), round);
    return round;
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    for (let round = this.narrowest(); round !== undefined; round = this.narrowest()) {
      const some = this.next(round);
      const asking: Promise<void>[] = [];
      for (const granted of some) {
        if (await this.turn()) {
          asking.push(this.ask(granted));
        }
      }
      await Promise.all(asking);
      if (some.length === 0) {
        this.end(round);
      }
    }
    this.isWorking = false;
  }

  /** What concerns one user, or one session, does not wait behind what concerns all. */
  private narrowest(): Round | undefined {
    const rounds = [...this.rounds.values()];
    return (
      rounds.find(({ scope }) => (scope.user ?? scope.session) !== undefined) ??
      rounds.find(({ scope }) => scope.channel !== undefined) ??
      rounds[0]
    );
  }

  private next(round: Round): Granted[] {
    round.items ??= this.needs.granted(round.scope)[Symbol.iterator]();
    const some: Granted[] = [];
    while (some.length < atOnce) {
      const { done, value } = round.items.next();
      if (done === true) {
        break;
      }
      some.push(value);
    }
    return some;
  }

  private end(round: Round): void {
    if (round.isAgain) {
      round.isAgain = false;
      round.items = undefined;
    } else {
      this.rounds.delete(keyOf(round.scope));
      round.finish();
    }
  }

  /** False: nothing is asked any more. */
  private async turn(): Promise<boolean> {
    const { clock, perSecond } = this.needs;
    while (!this.isStopped && !this.allowance.take(clock.nowMs())) {
      await new Promise<void>((go) => {
        clock.after(1_000 / perSecond, go);
      });
    }
    return !this.isStopped;
  }

  private async ask(granted: Granted): Promise<void> {
    const { clock, notes } = this.needs;
    await new Promise<void>((go) => {
      const cancel = clock.after(waitedForMs, go);
      void granted()
        .catch(notes.failed)
        .finally(() => {
          cancel();
          go();
        });
    });
  }
}

function keyOf({ user, channel, session }: NodeScope): string {
  return JSON.stringify([user ?? null, channel ?? null, session ?? null]);
}
