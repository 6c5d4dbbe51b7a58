/**
 * Who has numbered its publications up to where, so that one that is sent twice is appended once. A record is kept for each producer and
 * channel; it outlives the entries, and the log itself.
 * In: producers and positions. Out: what became of a number. Fails: `BROKER_FULL` for one record too many, a RangeError for a producer
 * that cannot be.
 */
import { type Appended, BrokerError, type Producer } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import { answerAgain, judgeNumber, type KeptAnswer, mustBeProducer } from '../local/numbering.ts';
import { type Idle, IdleOrder } from './idle-order.ts';

export interface ProducerRetention {
  readonly producerMs: number;
  readonly maxProducers: number;
  readonly answersKept: number;
}

interface Entry extends Idle<Entry> {
  readonly name: string;
  epoch: number;
  last: number;
  /** The answer for a number stands at that number, modulo how many are kept. */
  readonly answers: KeptAnswer[];
  usedMs: number;
}

export class Producers {
  private readonly retention: ProducerRetention;
  private readonly entries = new Map<string, Entry>();
  private readonly idle = new IdleOrder<Entry>();

  constructor(retention: ProducerRetention) {
    this.retention = retention;
  }

  /** What is to be answered; or undefined: the number is the next one, and there is room for its record. */
  judge(channel: string, producer: Producer, nowMs: number): Appended | undefined {
    mustBeProducer(producer);
    const entry = this.entries.get(nameOf(channel, producer));
    const stands = judgeNumber(producer, entry);
    if (entry !== undefined) {
      entry.epoch = Math.max(entry.epoch, producer.epoch);
    }
    if (stands === 'next') {
      return entry === undefined ? this.makeRoom(nowMs) : undefined;
    }
    return stands === 'again' ? answerAgain(producer, this.kept(entry!, producer.seq)) : stands;
  }

  /** The number that `judge` let pass stands there. */
  appended(channel: string, producer: Producer, position: Position, nowMs: number): void {
    const { epoch, seq, hash } = producer;
    const name = nameOf(channel, producer);
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = { name, epoch, last: 0, answers: [], usedMs: 0, older: undefined, newer: undefined };
      this.entries.set(name, entry);
    }
    if (seq !== entry.last + 1) {
      // Another numbering: those before were given up, and each answer stands at the place of one number only.
      entry.answers.length = 0;
    }
    entry.last = seq;
    entry.answers[this.place(seq)] = { hash, position };
    entry.usedMs = nowMs;
    this.idle.remove(entry);
    this.idle.add(entry);
  }

  private kept(entry: Entry, seq: number): KeptAnswer | undefined {
    return seq > entry.last - this.retention.answersKept
      ? entry.answers[this.place(seq)]
      : undefined;
  }

  private place(seq: number): number {
    return (seq - 1) % this.retention.answersKept;
  }

  private makeRoom(nowMs: number): undefined {
    if (this.entries.size < this.retention.maxProducers) {
      return;
    }
    const { oldest } = this.idle;
    if (oldest === undefined || nowMs - oldest.usedMs < this.retention.producerMs) {
      throw new BrokerError('BROKER_FULL', 'there are too many producers', true);
    }
    this.idle.remove(oldest);
    this.entries.delete(oldest.name);
  }
}

/** With the length before them no two pairs give the same. */
function nameOf(channel: string, { name }: Producer): string {
  return `${channel.length}:${channel}${name}`;
}
