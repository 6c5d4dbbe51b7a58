/**
 * Rights that were withdrawn: what the policy allowed once, and what goes on since, it is asked about again (threats D11 and D12).
 * In: whose rights changed, and where, from this node's code or over the bus. Out: a question to the policy for all of that, at a bounded
 * rate, what concerns fewest first. Fails: `recheck` rejects as the bus does, when this node has asked all the same.
 */
import type { Clock } from '../ground/clock.ts';
import type { Post } from '../ports/index.ts';
import { Allowance } from './allowance.ts';
import type { Notes } from './notes.ts';

/** Whose rights changed, and in which channel. Left out: all of them. */
export interface RightsScope {
  readonly user?: string;
  readonly channel?: string;
}

/** One thing that goes on because the policy allowed it: asks again, and ends it when the answer is no. */
export type Granted = () => Promise<void>;

export interface RightsNeeds {
  readonly post: Post;
  readonly clock: Clock;
  readonly notes: Pick<Notes, 'failed'>;
  /** Questions to the policy in a second. */
  readonly perSecond: number;
  /** All there is of that, at the time when it is called. What has ended until its turn comes asks nothing. */
  granted(scope: RightsScope): Iterable<Granted>;
}

/** So many questions are open at once, and each is waited for so long, in milliseconds: what is answered later counts nevertheless. */
const atOnce = 64;
const waitedForMs = 10_000;
/** Scopes that wait for their turn. When there are more, everything is looked at. */
const maxScopes = 1_000;
const topic = '~rights';

interface Round {
  readonly scope: RightsScope;
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
  private unfollow: (() => void) | undefined;

  constructor(needs: RightsNeeds) {
    this.needs = needs;
    this.allowance = new Allowance(needs.perSecond, needs.clock.nowMs());
  }

  /** From when it resolves, what other nodes say is heard. */
  async start(): Promise<void> {
    this.unfollow = await this.needs.post.follow(topic, (message) => this.hear(message));
  }

  stop(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    this.isStopped = true;
    for (const { finish } of this.rounds.values()) {
      finish();
    }
    this.rounds.clear();
  }

  /** Resolves when this node has asked about all of it, and the others were told. */
  async recheck({ user, channel }: RightsScope): Promise<void> {
    const { post } = this.needs;
    const scope = scopeOf(user, channel);
    const here = this.look(scope);
    const told = post.send(topic, { ...scope, from: post.node });
    await Promise.all([here, told.finally(() => here)]);
  }

  private hear(message: unknown): void {
    const { user, channel, from } = message as { readonly [name: string]: unknown };
    const isScope = isWord(user) && isWord(channel);
    if (isScope && from !== this.needs.post.node) {
      void this.look(scopeOf(user, channel));
    }
  }

  private look(scope: RightsScope): Promise<void> {
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

  private round(scope: RightsScope): Round {
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

  /** What concerns one user does not wait behind what concerns all. */
  private narrowest(): Round | undefined {
    const rounds = [...this.rounds.values()];
    return (
      rounds.find(({ scope }) => scope.user !== undefined) ??
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

function scopeOf(user: string | undefined, channel: string | undefined): RightsScope {
  return { ...(user === undefined ? {} : { user }), ...(channel === undefined ? {} : { channel }) };
}

function keyOf({ user, channel }: RightsScope): string {
  return JSON.stringify([user ?? null, channel ?? null]);
}

function isWord(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
