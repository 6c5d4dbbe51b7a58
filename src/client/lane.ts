/**
 * Publications of this client for one channel, in their order, numbered by the client's producer.
 * In: letters to send, what the server says of them, connections that come and go. Out: which letter goes next, and what became of
 * each. Fails: a letter of which nobody can know whether it is in the log is settled as `unknown`; it is never sent under another number.
 *
 * Only `last + 1` enters the log. So a number that was refused leaves a hole, and what was sent behind it is refused too: OUT_OF_SEQUENCE.
 * After a refusal nothing new is sent until all that is under way is answered (`settling`); then what was not stored is sent again:
 * with the same numbers when the server said "not now", in a new numbering when the numbers cannot go on: beyond all that were used, under a
 * higher epoch, which fences what is under way yet. Under another name that would come in late, if the log has forgotten this one.
 */
import type { Appended, ErrorCode, ProducerNumber, Refused } from '../wire/index.ts';
import { ClientError, refusal } from './errors.ts';
import type { Holder } from './keeping.ts';
import type { Letter, Verdict } from './letter.ts';
import { type LanePhase, type LaneStep, lanes } from './phases.ts';

export interface LaneHost {
  /** Who numbers in all lanes, but for those that had to number anew. */
  readonly producer: Holder;
  /** At least 128 random bits. */
  makeName(): string;
  /** The letter has left the lane. */
  settled(letter: Letter, outcome: Appended | ClientError): void;
  /** Its number, or its doubt, is another. */
  changed(letter: Letter): void;
  /** Its request is not awaited any more. */
  forget(letter: Letter): void;
  /** Wake it after so many failures, and not before `leastMs` have passed. Returns how to cancel. */
  rest(lane: Lane, failures: number, leastMs: number): () => void;
  nowMs(): number;
}

/** Refused before anybody looked whether it is in the log: such a refusal leaves no doubt where there was none. */
const unseen: readonly ErrorCode[] = ['TOO_MANY_REQUESTS', 'RATE_LIMITED'];

/** Codes that are not listed: `later` when retryable, else `never`. */
const verdicts: { readonly [Code in ErrorCode]?: Verdict } = {
  OUT_OF_SEQUENCE: 'sequence',
  ANSWER_UNKNOWN: 'numbering',
  NUMBER_REUSED: 'numbering',
  PRODUCER_FENCED: 'name',
};

export class Lane {
  readonly channel: string;
  /** Oldest first; those with a number before those without. */
  readonly letters: Letter[] = [];
  readonly #host: LaneHost;
  #phase: LanePhase = 'flowing';
  /** Undefined before the first number is given. */
  #holder: Holder | undefined;
  /** The number that the numbering began with. */
  #first = 1;
  /** The number that was given last. */
  #lastSeq = 0;
  /** The least number that was certainly not used, and never will be: nothing from there on can be in the log. */
  #hole = Number.POSITIVE_INFINITY;
  /** Nothing enters any more in this numbering, or by this producer. */
  #spoilt: 'numbering' | 'name' | undefined;
  /** In a row, with nothing stored in between. */
  #failures = 0;
  /** Before this nothing is sent: the server said so, and another connection changes nothing about it. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #cancelRest: () => void = () => undefined;

  constructor(channel: string, host: LaneHost) {
    this.channel = channel;
    this.#host = host;
  }

  /** The number that was given last. */
  get latest(): ProducerNumber {
    return this.numberOf({ seq: this.#lastSeq });
  }

  numberOf({ seq }: Pick<Letter, 'seq'>): ProducerNumber {
    const first = this.#first === 1 ? undefined : { first: this.#first };
    return { ...(this.#holder ?? this.#host.producer), ...first, seq };
  }

  /** Goes on with numbers that another holder of the producer gave: by the higher epoch that one is fenced. */
  adopt(letters: readonly Letter[], { name, epoch, first = 1, seq }: ProducerNumber): void {
    this.#holder = { name, epoch: epoch + 1 };
    this.#first = first;
    this.#lastSeq = seq;
    this.letters.unshift(...letters);
  }

  /** The letter to be sent next, with its number. */
  next(): Letter | undefined {
    const letter =
      this.#phase === 'flowing' ? this.letters.find(({ askedId }) => askedId === 0) : undefined;
    if (
      letter === undefined ||
      this.#spoilt !== undefined ||
      (this.#hasHole && !this.#isBeforeHole(letter))
    ) {
      return undefined;
    }
    if (letter.seq === 0) {
      this.#holder ??= this.#host.producer;
      this.#lastSeq += 1;
      letter.seq = this.#lastSeq;
    }
    letter.verdict = undefined;
    return letter;
  }

  stored(letter: Letter, answer: Appended): void {
    this.#failures = 0;
    this.#leave(letter, answer);
    this.#decide();
  }

  refused(letter: Letter, message: Refused): void {
    const verdict = verdicts[message.code] ?? (message.retryable ? 'later' : 'never');
    letter.askedId = 0;
    letter.verdict = verdict;
    this.#step('refuse');
    if (message.retryAfterMs !== undefined) {
      const untilMs = this.#host.nowMs() + message.retryAfterMs;
      this.#notBeforeMs = Math.max(this.#notBeforeMs, untilMs);
    }
    const isLater = verdict === 'later' && !unseen.includes(message.code);
    if (isLater || message.code === 'BROKER_UNAVAILABLE') {
      // An engine that failed may have stored it, whether it is worth asking again or not.
      this.#doubt(letter);
    }
    if (verdict === 'never') {
      this.#give(letter, refusal(message));
    } else if (verdict === 'numbering' || verdict === 'name') {
      this.#spoil(verdict, letter);
    }
    this.#decide();
  }

  /** No answer came in time: it is asked again, like what was refused for now. */
  late(letter: Letter): void {
    letter.askedId = 0;
    letter.verdict = 'later';
    this.#doubt(letter);
    this.#step('refuse');
    this.#decide();
  }

  /** The letter's time is over. */
  expire(letter: Letter): void {
    if (letter.askedId !== 0) {
      this.#host.forget(letter);
      this.#doubt(letter);
    }
    this.#give(letter, new ClientError('OUTBOX_EXPIRED', 'it was not sent in its time', true));
    this.#decide();
  }

  /** The connection is gone: of what was under way nobody knows whether it arrived. */
  lost(): void {
    for (const letter of this.letters) {
      if (letter.askedId !== 0) {
        letter.askedId = 0;
        if (this.#isBeforeHole(letter)) {
          this.#doubt(letter);
        }
      }
      letter.verdict = undefined;
    }
    this.#cancelRest();
    this.#decide();
    this.#cancelRest();
    this.#step('lose');
  }

  /** There is a connection. */
  opened(): void {
    if (this.#leastMs > 0) {
      this.#rest();
    }
  }

  /** Numbers count for one user, and this is another: what that one published is not sent as this one. */
  disown(): void {
    for (const letter of this.letters.filter(({ isInherited }) => isInherited)) {
      this.#leave(letter, unknown('another user published it'));
    }
    this.#renumber();
    this.#holder = undefined;
    this.#first = 1;
    this.#lastSeq = 0;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
  }

  wake(): void {
    this.#step('wake');
  }

  get #hasHole(): boolean {
    return this.#hole !== Number.POSITIVE_INFINITY;
  }

  #isBeforeHole({ seq }: Letter): boolean {
    return seq > 0 && seq < this.#hole;
  }

  /** After a refusal: when all is answered that has to be, how to go on. */
  #decide(): void {
    const numbered = this.letters.filter((letter) => this.#isBeforeHole(letter));
    if (numbered.some(({ askedId }) => askedId !== 0)) {
      return;
    }
    const [first] = numbered;
    const cannotGoOn =
      this.#spoilt !== undefined ||
      first?.verdict === 'sequence' ||
      (this.#hasHole && first === undefined);
    const isFailure = this.#spoilt !== undefined || first?.verdict !== undefined;
    if (cannotGoOn) {
      this.#renumber();
    }
    if (this.#phase === 'settling') {
      if (isFailure || this.#leastMs > 0) {
        this.#rest();
      } else {
        this.#step('settle');
      }
    }
  }

  get #leastMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#host.nowMs());
  }

  #rest(): void {
    this.#step('rest');
    this.#cancelRest = this.#host.rest(this, this.#failures, this.#leastMs);
    this.#failures += 1;
  }

  /** By a name that does not even begin, nothing can be numbered. */
  #spoil(what: 'numbering' | 'name', { seq }: Letter): void {
    this.#spoilt = what === 'name' || seq === this.#first ? 'name' : (this.#spoilt ?? what);
  }

  /** What is certainly not in the log, and never will be under its old number, gets another, of a new numbering. */
  #renumber(): void {
    const spoilt = this.#spoilt ?? 'numbering';
    this.#spoilt = spoilt;
    for (const letter of this.letters.slice()) {
      if (letter.seq === 0) {
        break;
      }
      if (letter.askedId !== 0) {
        this.#host.forget(letter);
        letter.askedId = 0;
      }
      if (letter.inDoubt && this.#isBeforeHole(letter)) {
        this.#leave(letter, unknown('its number cannot be sent again'));
      } else {
        letter.seq = 0;
        letter.inDoubt = false;
        letter.verdict = undefined;
        this.#host.changed(letter);
      }
    }
    const { name, epoch } = this.#holder ?? this.#host.producer;
    this.#holder =
      spoilt === 'name' ? { name: this.#host.makeName(), epoch: 1 } : { name, epoch: epoch + 1 };
    this.#first = this.#lastSeq + 1;
    this.#hole = Number.POSITIVE_INFINITY;
    this.#spoilt = undefined;
  }

  #doubt(letter: Letter): void {
    if (!letter.inDoubt) {
      letter.inDoubt = true;
      this.#host.changed(letter);
    }
  }

  /** Gives a letter up: for certain, and then its number is a hole; or an earlier sending of it may have arrived. */
  #give(letter: Letter, error: ClientError): void {
    const isCertain = !letter.inDoubt || !this.#isBeforeHole(letter);
    if (isCertain && letter.seq > 0) {
      this.#hole = Math.min(this.#hole, letter.seq);
    }
    this.#leave(letter, isCertain ? error : unknown(error.message));
  }

  #leave(letter: Letter, outcome: Appended | ClientError): void {
    this.letters.splice(this.letters.indexOf(letter), 1);
    this.#host.settled(letter, outcome);
  }

  #step(step: LaneStep): void {
    this.#phase = lanes[this.#phase][step] ?? this.#phase;
  }
}

function unknown(why: string): ClientError {
  return new ClientError('OUTCOME_UNKNOWN', `it may be in the log, or not: ${why}`);
}
