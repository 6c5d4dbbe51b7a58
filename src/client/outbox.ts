/**
 * What the application publishes, until the server has said what became of it.
 * In: publications, and connections that come and go. Out: `publish` messages, pipelined and numbered in each channel, and for each
 * publication what became of it: in the log once, not at all, or unknown. Fails: `OUTBOX_FULL` when it holds as many as it may, or as much.
 */
import { backoffMs } from '../ground/backoff.ts';
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  type Appended,
  maxJsonLength,
  type Publish,
  publishRow,
  type Refused,
  toText,
} from '../wire/index.ts';
import { copied } from './encode.ts';
import { ClientError, reportUncaught } from './errors.ts';
import type { Holder, Kept, KeptLane, OutboxKeeper } from './keeping.ts';
import type { Lane, LaneHost } from './lane.ts';
import { Lanes } from './lanes.ts';
import {
  closedBefore,
  entryOf,
  type KeptLetter,
  type Letter,
  newLetter,
  type OutboxEntry,
  unknownAtClose,
} from './letter.ts';
import type { Settings } from './options.ts';
import { OutboxBounds } from './outbox-bounds.ts';
import type { OutboxEvents, OutboxView } from './outbox-view.ts';
import { Sendings } from './sendings.ts';
import type { PublishedAt } from './subscription.ts';
import type { Window } from './window.ts';

/** Whoever published it is not here any more. */
const inherited = { isInherited: true, resolve: () => undefined, reject: () => undefined };
/** What a producer's name and three long numbers take in a message, at the most: they are added when it is sent. Characters. */
const numberedLength = 256;

export class Outbox implements OutboxView, LaneHost {
  readonly #settings: Settings;
  readonly #sendings: Sendings;
  readonly #events = new Emitter<OutboxEvents>(reportUncaught);
  readonly #bounds: OutboxBounds;
  readonly #lanes: Lanes;
  #user: string | undefined;
  /** Undefined: nothing outlives the page. */
  #keeper: OutboxKeeper | undefined;
  /** What an earlier page left is here, and goes first. */
  #isReady = true;
  #lastId = 0;

  constructor(settings: Settings, nextId: () => number, window: Window) {
    this.#settings = settings;
    this.#sendings = new Sendings(settings, nextId, window);
    this.#bounds = new OutboxBounds(settings);
    this.#lanes = new Lanes(this);
  }

  get producer(): Holder {
    return this.#lanes.producer;
  }

  /** Nothing is sent before what was kept is here. */
  async keepBy(keeper: OutboxKeeper): Promise<void> {
    this.#keeper = keeper;
    this.#isReady = false;
    const kept = await keeper.open();
    // The client may have been closed meanwhile.
    if (this.#keeper === keeper) {
      this.#isReady = true;
      this.#inherit(keeper, kept);
      // What was published before there was a place for it.
      this.#save();
      this.transmit();
    }
  }

  /** What has to outlive the page. */
  look(adopted?: string, isMeant: (letter: Letter) => boolean = () => true): Kept {
    return { user: this.#user, ...this.#lanes.look(adopted, isMeant) };
  }

  /** False: there is no room for it. */
  adopt(name: string, { lanes }: Kept): boolean {
    if (!this.#bounds.fit(lanes.flatMap(({ letters }) => letters))) {
      return false;
    }
    const channels = lanes.map(({ channel }) => channel);
    const adopted = this.#lanes.adopt(name, channels);
    this.#announce(lanes.flatMap((kept, n) => this.#fill(adopted[n]!, kept)));
    this.#lanes.sweep();
    this.transmit();
    return true;
  }

  get entries(): readonly OutboxEntry[] {
    return this.#lanes.all.flatMap(({ letters }) => letters.map(entryOf));
  }

  on<Name extends keyof OutboxEvents>(
    name: Name,
    listener: Listener<OutboxEvents[Name]>,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Throws `REQUEST_INVALID` and `OUTBOX_FULL` before anything is kept. */
  add(
    given: Letter['message'],
    { tag, withinMs }: { readonly tag: string | undefined; readonly withinMs: number | undefined },
  ): Promise<PublishedAt> {
    const { clock, outboxMaxAgeMs } = this.#settings;
    const { message, size } = copied({ ...given, id: 1 }, { publish: publishRow });
    if (size > maxJsonLength - numberedLength) {
      // A server sends away for good whoever says it, and then whoever says it again.
      throw new ClientError('REQUEST_INVALID', `${size} characters are more than a message holds`);
    }
    this.#bounds.mustFit({ size });
    const lane = this.#lanes.of(given.channel);
    return new Promise((resolve, reject) => {
      const untilMs = clock.wallMs() + Math.min(withinMs ?? outboxMaxAgeMs, outboxMaxAgeMs);
      const letter = this.#letter({ message, size, tag, seq: 0, untilMs }, lane, {
        isInherited: false,
        resolve,
        reject,
      });
      lane.letters.push(letter);
      this.#tell(letter);
      this.transmit();
    });
  }

  /** There is a connection. Numbers count for one user: another's cannot go on. */
  opened(send: (message: Publish) => void, user: string): void {
    this.#sendings.opened(send);
    if (this.#user !== undefined && this.#user !== user) {
      if (this.#isReady) {
        this.#keeper?.part(this.look(undefined, ({ isInherited }) => isInherited));
      }
      this.#lanes.disown();
    }
    this.#user = user;
    for (const lane of this.#lanes.all) {
      lane.opened();
    }
    this.transmit();
  }

  lost(): void {
    this.#sendings.lost();
    for (const lane of this.#lanes.all) {
      lane.lost();
    }
  }

  /** There will be no other connection. */
  closed(): void {
    const isKept = this.#isReady && this.#keeper?.isKeeping === true;
    this.#keeper?.close();
    this.#keeper = undefined;
    this.lost();
    for (const { letters } of this.#lanes.all) {
      for (const letter of letters.slice()) {
        letters.shift();
        // What is kept another client may send yet.
        const isOpen = letter.inDoubt || isKept;
        this.settled(letter, isOpen ? unknownAtClose() : closedBefore());
      }
    }
    this.#lanes.clear();
  }

  /** False: it answers none of ours. */
  answered(message: Appended | Refused): boolean {
    return this.#sendings.answered(message);
  }

  transmit(): void {
    for (const lane of this.#lanes.all) {
      while (this.#isReady && this.#sendings.isOpen) {
        const letter = lane.next();
        if (letter === undefined) {
          break;
        }
        this.#dispatch(letter, lane);
      }
    }
  }

  makeName(): string {
    return this.#settings.randomId();
  }

  settled(letter: Letter, outcome: Appended | ClientError): void {
    this.#bounds.give(letter);
    letter.cancelAge();
    this.#lanes.sweep();
    this.#save();
    if (outcome instanceof ClientError) {
      const status = outcome.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'failed';
      letter.reject(outcome);
      this.#events.emit('status', { ...entryOf(letter), status, error: outcome });
    } else {
      const position = toText(outcome.position);
      letter.resolve({ position, id: outcome.position.id });
      this.#events.emit('status', { ...entryOf(letter), status: 'stored', position });
    }
  }

  changed(letter: Letter): void {
    const status = letter.seq === 0 ? 'queued' : 'sent';
    if (letter.status !== status) {
      letter.status = status;
      this.#tell(letter);
    }
  }

  forget(letter: Letter): void {
    this.#sendings.forget(letter);
  }

  nowMs(): number {
    return this.#settings.clock.nowMs();
  }

  rest(lane: Lane, failures: number, leastMs: number): () => void {
    const { clock, random, backoff } = this.#settings;
    return clock.after(leastMs + backoffMs(failures, random, backoff), () => {
      lane.wake();
      this.transmit();
    });
  }

  #dispatch(letter: Letter, lane: Lane): void {
    this.#sendings.dispatch({
      letter,
      sender: lane,
      producer: lane.numberOf(letter),
      // A page that is loaded anew must know the number.
      after: this.#keeper?.save(),
    });
    this.changed(letter);
  }

  /** An earlier page of this tab left it. */
  #inherit(keeper: OutboxKeeper, kept: Kept | undefined): void {
    if (kept === undefined) {
      return;
    }
    this.#user ??= kept.user;
    if (kept.user !== undefined && kept.user !== this.#user) {
      keeper.part(kept);
      return;
    }
    this.#lanes.goOn(kept.producer);
    this.#announce(kept.lanes.flatMap((lane) => this.#fill(this.#lanes.of(lane.channel), lane)));
  }

  #fill(lane: Lane, { letters, producer }: KeptLane): Letter[] {
    const left = letters.map((given) => this.#letter(given, lane, inherited));
    lane.adopt(left, producer);
    return left;
  }

  /** Whoever hears of one may close the client. */
  #announce(letters: readonly Letter[]): void {
    for (const letter of letters) {
      if (this.#lanes.all.some((lane) => lane.letters.includes(letter))) {
        this.#tell(letter);
      }
    }
  }

  #letter(
    kept: KeptLetter,
    lane: Lane,
    more: Pick<Letter, 'isInherited' | 'resolve' | 'reject'>,
  ): Letter {
    const { clock, outboxMaxAgeMs } = this.#settings;
    this.#lastId += 1;
    this.#bounds.take(kept);
    const letter = newLetter(kept, { ...more, id: this.#lastId });
    // The clock on the wall may have been set back.
    const ageMs = Math.min(Math.max(0, kept.untilMs - clock.wallMs()), outboxMaxAgeMs);
    letter.cancelAge = clock.after(ageMs, () => {
      lane.expire(letter);
      this.transmit();
    });
    return letter;
  }

  #tell(letter: Letter): void {
    this.#save();
    this.#events.emit('status', entryOf(letter));
  }

  /** Before what was kept is here, saving would take its place. */
  #save(): void {
    if (this.#isReady) {
      void this.#keeper?.save();
    }
  }
}
