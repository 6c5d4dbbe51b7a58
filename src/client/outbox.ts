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
import type { Kept, OutboxKeeper } from './keeping.ts';
import { Lane, type LaneHost } from './lane.ts';
import {
  closedBefore,
  entryOf,
  type KeptLetter,
  keptOf,
  type Letter,
  type OutboxEntry,
  unknownAtClose,
} from './letter.ts';
import type { Settings } from './options.ts';
import { Sendings } from './sendings.ts';
import type { PublishedAt } from './subscription.ts';
import type { Window } from './window.ts';

export interface OutboxEvents {
  /** An entry was added, or stands otherwise than before. */
  readonly status: readonly [entry: OutboxEntry];
}

/** What is on its way, as applications see it. */
export interface OutboxView {
  /** Those that are queued or sent; oldest first within each channel. */
  readonly entries: readonly OutboxEntry[];
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof OutboxEvents>(
    name: Name,
    listener: Listener<OutboxEvents[Name]>,
  ): () => void;
}

/** Most lanes that are kept while nothing is in them. A channel that comes again after that has another producer. */
export const maxEmptyLanes = 256;
/** What a producer's name and three long numbers take in a message, at the most: they are added when it is sent. Characters. */
const numberedLength = 256;

export class Outbox implements OutboxView, LaneHost {
  private readonly settings: Settings;
  private readonly window: Window;
  private readonly sendings: Sendings;
  private readonly events = new Emitter<OutboxEvents>(reportUncaught);
  private readonly lanes = new Map<string, Lane>();
  private user: string | undefined;
  /** Undefined: nothing outlives the page. */
  private keeper: OutboxKeeper | undefined;
  /** What an earlier page left is here, and goes first. */
  private isReady = true;
  private lastId = 0;
  private count = 0;
  private size = 0;

  constructor(settings: Settings, nextId: () => number, window: Window) {
    this.settings = settings;
    this.window = window;
    this.sendings = new Sendings(settings, nextId, window);
  }

  /** Nothing is sent before what was kept is here. */
  async keepBy(keeper: OutboxKeeper): Promise<void> {
    this.keeper = keeper;
    this.isReady = false;
    const kept = await keeper.open();
    // The client may have been closed meanwhile.
    if (this.keeper === keeper) {
      this.isReady = true;
      this.restore(kept);
      // What was published before there was a place for it.
      this.save();
      this.transmit();
    }
  }

  /** What has to outlive the page. */
  look(): Kept {
    const lanes = [...this.lanes.values()].filter(({ letters }) => letters.length > 0);
    return {
      user: this.user,
      lanes: lanes.map(({ channel, latest, letters }) => ({
        channel,
        producer: latest,
        letters: letters.map(keptOf),
      })),
    };
  }

  get entries(): readonly OutboxEntry[] {
    return [...this.lanes.values()].flatMap(({ letters }) => letters.map(entryOf));
  }

  on<Name extends keyof OutboxEvents>(
    name: Name,
    listener: Listener<OutboxEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  /** Throws `REQUEST_INVALID` and `OUTBOX_FULL` before anything is kept. */
  add(
    given: Letter['message'],
    { tag, withinMs }: { readonly tag: string | undefined; readonly withinMs: number | undefined },
  ): Promise<PublishedAt> {
    const { clock, outboxMaxMessages, outboxMaxBytes, outboxMaxAgeMs } = this.settings;
    const { message, size } = copied({ ...given, id: 1 }, { publish: publishRow });
    if (size > maxJsonLength - numberedLength) {
      // A server sends away for good whoever says it, and then whoever says it again.
      throw new ClientError('REQUEST_INVALID', `${size} characters are more than a message holds`);
    }
    if (this.count >= outboxMaxMessages || this.size + size > outboxMaxBytes) {
      const holds = `${this.count} messages of ${this.size} characters`;
      throw new ClientError('OUTBOX_FULL', `the outbox holds ${holds}, and this has ${size}`, true);
    }
    const lane = this.laneOf(given.channel);
    return new Promise((resolve, reject) => {
      const ageMs = Math.min(withinMs ?? outboxMaxAgeMs, outboxMaxAgeMs);
      const atMs = clock.wallMs();
      const letter = this.letter({ message, size, tag, seq: 0, atMs }, lane, {
        ageMs,
        resolve,
        reject,
      });
      lane.letters.push(letter);
      this.tell(letter);
      this.transmit();
    });
  }

  /** There is a connection. Numbers count for one user: another's cannot go on. */
  opened(send: (message: Publish) => void, user: string): void {
    this.sendings.opened(send);
    if (this.user !== undefined && this.user !== user) {
      for (const lane of this.lanes.values()) {
        lane.disown();
      }
    }
    this.user = user;
    this.transmit();
  }

  lost(): void {
    this.sendings.lost();
    for (const lane of this.lanes.values()) {
      lane.lost();
    }
  }

  /** There will be no other connection. */
  closed(): void {
    const isKept = this.isReady && this.keeper?.isKeeping === true;
    this.keeper?.close();
    this.keeper = undefined;
    this.lost();
    for (const { letters } of this.lanes.values()) {
      for (const letter of letters.slice()) {
        letters.shift();
        // What is kept another client may send yet.
        const isOpen = letter.inDoubt || isKept;
        this.settled(letter, isOpen ? unknownAtClose() : closedBefore());
      }
    }
    this.lanes.clear();
  }

  answered(message: Appended): void {
    if (this.sendings.has(message.id)) {
      const letter = this.sendings.take(message.id);
      if (letter !== undefined) {
        this.lanes.get(letter.message.channel)?.stored(letter, message);
      }
      this.window.give();
    }
  }

  /** False: it answers none of ours. */
  refused(message: Refused): boolean {
    if (!this.sendings.has(message.id)) {
      return false;
    }
    const letter = this.sendings.take(message.id);
    if (letter !== undefined) {
      this.lanes.get(letter.message.channel)?.refused(letter, message);
    }
    this.window.give();
    return true;
  }

  transmit(): void {
    for (const lane of this.lanes.values()) {
      while (this.isReady && this.sendings.isOpen) {
        const letter = lane.next();
        if (letter === undefined) {
          break;
        }
        this.dispatch(letter, lane);
      }
    }
  }

  makeName(): string {
    return this.settings.randomId();
  }

  settled(letter: Letter, outcome: Appended | ClientError): void {
    this.count -= 1;
    this.size -= letter.size;
    letter.cancelAge();
    letter.cancelReply();
    this.save();
    if (outcome instanceof ClientError) {
      const status = outcome.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'failed';
      letter.reject(outcome);
      this.events.emit('status', { ...entryOf(letter), status, error: outcome });
    } else {
      const position = toText(outcome.position);
      letter.resolve({ position, id: outcome.position.id });
      this.events.emit('status', { ...entryOf(letter), status: 'stored', position });
    }
  }

  changed(letter: Letter): void {
    const status = letter.seq === 0 ? 'queued' : 'sent';
    if (letter.status !== status) {
      letter.status = status;
      this.tell(letter);
    }
  }

  forget(letter: Letter): void {
    this.sendings.forget(letter);
  }

  rest(lane: Lane, failures: number): () => void {
    const { clock, random, backoff } = this.settings;
    return clock.after(backoffMs(failures, random, backoff), () => {
      lane.wake();
      this.transmit();
    });
  }

  private dispatch(letter: Letter, lane: Lane): void {
    this.sendings.dispatch({
      letter,
      producer: lane.numberOf(letter),
      // A page that is loaded anew must know the number.
      after: this.keeper?.save(),
      onLate: () => lane.late(letter),
    });
    this.changed(letter);
  }

  private restore(kept: Kept | undefined): void {
    const { clock, outboxMaxAgeMs } = this.settings;
    const isAnother = this.user !== undefined && kept?.user !== this.user;
    this.user ??= kept?.user;
    for (const { channel, producer, letters } of kept?.lanes ?? []) {
      const lane = this.laneOf(channel);
      const restored = letters.map((given) => {
        const ageMs = Math.max(0, given.atMs + outboxMaxAgeMs - clock.wallMs());
        return this.letter(given, lane, { ageMs, resolve: nothing, reject: nothing });
      });
      lane.adopt(restored, producer);
      if (isAnother) {
        lane.disown();
      }
      for (const letter of lane.letters.filter((one) => restored.includes(one))) {
        this.tell(letter);
      }
    }
  }

  private letter(
    { message, size, tag, seq, atMs }: KeptLetter,
    lane: Lane,
    { ageMs, resolve, reject }: Pick<Letter, 'resolve' | 'reject'> & { readonly ageMs: number },
  ): Letter {
    this.lastId += 1;
    this.count += 1;
    this.size += size;
    const letter: Letter = {
      id: this.lastId,
      message,
      size,
      tag,
      atMs,
      resolve,
      reject,
      seq,
      // What was sent by an earlier page may be in the log.
      inDoubt: seq > 0,
      askedId: 0,
      verdict: undefined,
      status: seq > 0 ? 'sent' : 'queued',
      cancelAge: this.settings.clock.after(ageMs, () => {
        lane.expire(letter);
        this.transmit();
      }),
      cancelReply: nothing,
    };
    return letter;
  }

  private laneOf(channel: string): Lane {
    const known = this.lanes.get(channel);
    if (known !== undefined) {
      return known;
    }
    const empty = [...this.lanes.values()].filter(({ letters }) => letters.length === 0);
    if (empty.length >= maxEmptyLanes) {
      this.lanes.delete(empty[0]!.channel);
    }
    const lane = new Lane(channel, this);
    this.lanes.set(channel, lane);
    return lane;
  }

  private tell(letter: Letter): void {
    this.save();
    this.events.emit('status', entryOf(letter));
  }

  /** Before what was kept is here, saving would take its place. */
  private save(): void {
    if (this.isReady) {
      void this.keeper?.save();
    }
  }
}

function nothing(): void {}
