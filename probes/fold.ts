/**
 * What a log's entries add up to, where the engine keeps nothing but entries: the tail, the records of producers, the latest of each key.
 * Whoever folds the same entries in the same order knows the same.
 * In: entries in the order of the log. Out: what an append would become; checkpoints. Cannot fail.
 */
import type { Appended, AppendOptions, NewPublication, Producer } from '../src/ports/index.ts';
import type { Link, Publication } from '../src/wire/index.ts';
import { answersKept, retained } from './questions.ts';

interface Answer extends Link {
  readonly hash: string;
}
interface Known {
  readonly epoch: number;
  readonly last: number;
  readonly answers: readonly (Answer & { readonly seq: number })[];
}
/** Can be written as JSON, and read back. */
export interface Checkpoint {
  readonly top: Link;
  readonly count: number;
  readonly producers: readonly (readonly [string, Known])[];
  readonly keys: readonly (readonly [string, Publication])[];
  /** Of the latest entries, so that these can be found where offsets have holes. */
  readonly recent: readonly number[];
}

export class Fold {
  top: Link = { offset: 0, id: '' };
  count = 0;
  /** How many entries the latest checkpoint holds. */
  saved = 0;
  private readonly producers: Map<string, Known>;
  private readonly keys: Map<string, Publication>;
  private recent: readonly number[];

  constructor(from?: Checkpoint) {
    this.top = from?.top ?? this.top;
    this.count = from?.count ?? 0;
    this.saved = this.count;
    this.producers = new Map(from?.producers);
    this.keys = new Map(from?.keys);
    this.recent = from?.recent ?? [];
  }

  checkpoint(): Checkpoint {
    const { top, count, producers, keys, recent } = this;
    return { top, count, producers: [...producers], keys: [...keys], recent };
  }

  /** Whether another checkpoint must be written before more is appended: entries that no checkpoint holds must not be trimmed. */
  isDue(): boolean {
    return this.count - this.saved >= retained / 2;
  }

  apply(entry: Publication, producer: Producer | undefined): void {
    this.top = { offset: entry.offset, id: entry.id };
    this.count += 1;
    this.recent = [...this.recent, entry.offset].slice(-retained);
    if (entry.key !== undefined) {
      this.keys.set(entry.key, entry);
    }
    if (producer !== undefined) {
      const { name, epoch, seq, hash } = producer;
      const answers = [...(this.producers.get(name)?.answers ?? []), { ...this.top, seq, hash }];
      this.producers.set(name, { epoch, last: seq, answers: answers.slice(-answersKept) });
    }
  }

  /** What becomes of an append without storing anything; undefined: it is to be stored. */
  decide(logEpoch: string, entry: NewPublication, options: AppendOptions): Appended | undefined {
    const { producer, expect } = options;
    return (
      (producer && this.decideNumber(logEpoch, producer)) ??
      (expect && entry.key !== undefined ? this.decideKey(entry.key, expect) : undefined)
    );
  }

  private decideNumber(
    logEpoch: string,
    { name, epoch, seq, hash }: Producer,
  ): Appended | undefined {
    const record = this.producers.get(name);
    if (record === undefined) {
      return seq === 1 ? undefined : { outcome: 'unknown' };
    }
    if (epoch < record.epoch) {
      return { outcome: 'fenced', epoch: record.epoch };
    }
    if (seq > record.last) {
      return seq === record.last + 1 ? undefined : { outcome: 'outOfSequence', last: record.last };
    }
    const answer = record.answers.find((one) => one.seq === seq);
    if (answer === undefined) {
      return { outcome: 'unknown' };
    }
    const { offset, id } = answer;
    return answer.hash === hash
      ? { outcome: 'appended', position: { epoch: logEpoch, offset, id }, duplicate: true }
      : { outcome: 'reused' };
  }

  private decideKey(key: string, expect: Link): Appended | undefined {
    const held = this.keys.get(key);
    const at =
      held === undefined || held.removed === true
        ? { offset: 0, id: '' }
        : { offset: held.offset, id: held.id };
    return at.offset === expect.offset && at.id === expect.id
      ? undefined
      : { outcome: 'conflict', at };
  }

  values(afterOffset: number): Publication[] {
    const found = [...this.keys.values()].filter(({ offset }) => offset > afterOffset);
    return found.sort((one, other) => one.offset - other.offset);
  }

  /** The offset at which the latest `count` entries begin. */
  startOfLatest(count: number): number {
    return this.recent.at(-count) ?? this.recent[0] ?? 0;
  }
}

/** One after the other for each name: what a node does to one channel. */
export function makeTurns(): <Value>(name: string, act: () => Promise<Value>) => Promise<Value> {
  const last = new Map<string, Promise<unknown>>();
  return (name, act) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(act);
    last.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  };
}
