/**
 * Letters that are under way on the present connection, each by the id of its request.
 * In: letters with their numbers, and answers. Out: `publish` messages, and to each lane what was answered, or that nothing was in time.
 * Each takes a part of the window until it is answered or late, whether its answer still means something or not.
 */
import type { Cancel } from '../ground/clock.ts';
import type { Appended, ProducerNumber, Publish, Refused } from '../wire/index.ts';
import type { Letter } from './letter.ts';
import type { Settings } from './options.ts';
import type { Window } from './window.ts';

/** Who is told. */
export interface Sender {
  stored(letter: Letter, message: Appended): void;
  refused(letter: Letter, message: Refused): void;
  late(letter: Letter): void;
}

export interface Sending {
  readonly letter: Letter;
  readonly sender: Sender;
  readonly producer: ProducerNumber;
  /** It must not leave before; undefined: at once. */
  readonly after: Promise<void> | undefined;
}

interface Asked {
  readonly letter: Letter;
  readonly sender: Sender;
  readonly cancel: Cancel;
  /** False: its answer means nothing any more, though the server works on it. */
  isAwaited: boolean;
}

export class Sendings {
  readonly #settings: Settings;
  readonly #nextId: () => number;
  readonly #window: Window;
  readonly #asked = new Map<number, Asked>();
  #send: ((message: Publish) => void) | undefined;

  constructor(settings: Settings, nextId: () => number, window: Window) {
    this.#settings = settings;
    this.#nextId = nextId;
    this.#window = window;
  }

  /** One more may be sent. */
  get isOpen(): boolean {
    return this.#send !== undefined && this.#window.isOpen;
  }

  opened(send: (message: Publish) => void): void {
    this.#send = send;
  }

  lost(): void {
    this.#send = undefined;
    for (const { cancel } of this.#asked.values()) {
      cancel();
    }
    this.#asked.clear();
  }

  dispatch({ letter, sender, producer, after }: Sending): void {
    const { clock, replyWithinMs } = this.#settings;
    const send = this.#send;
    const id = this.#nextId();
    letter.askedId = id;
    const cancel = clock.after(replyWithinMs, () => this.#end(id, () => sender.late(letter)));
    this.#asked.set(id, { letter, sender, cancel, isAwaited: true });
    this.#window.take();
    const message = { ...letter.message, id, producer };
    if (after === undefined) {
      send?.(message);
      return;
    }
    void after.then(() => {
      // Unless the connection was lost.
      if (this.#asked.get(id)?.isAwaited === true) {
        send?.(message);
      } else {
        this.#end(id, () => undefined);
      }
    });
  }

  /** The answer to its request means nothing any more. */
  forget({ askedId }: Letter): void {
    const asked = this.#asked.get(askedId);
    if (asked !== undefined) {
      asked.isAwaited = false;
    }
  }

  /** False: it answers none of ours. */
  answered(message: Appended | Refused): boolean {
    return this.#end(message.id, ({ letter, sender }) => {
      if (message.type === 'appended') {
        sender.stored(letter, message);
      } else {
        sender.refused(letter, message);
      }
    });
  }

  #end(id: number, tell: (asked: Asked) => void): boolean {
    const asked = this.#asked.get(id);
    if (asked === undefined) {
      return false;
    }
    this.#asked.delete(id);
    asked.cancel();
    if (asked.isAwaited) {
      tell(asked);
    }
    this.#window.give();
    return true;
  }
}
