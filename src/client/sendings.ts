/**
 * Letters that are under way on the present connection, each by the id of its request.
 * In: letters with their numbers, and ids that were answered. Out: `publish` messages, whose letter it was, and which had no answer in time.
 */
import type { ProducerNumber, Publish } from '../wire/index.ts';
import type { Letter } from './letter.ts';
import type { Settings } from './options.ts';
import type { Window } from './window.ts';

export interface Sending {
  readonly letter: Letter;
  readonly producer: ProducerNumber;
  /** It must not leave before; undefined: at once. */
  readonly after: Promise<void> | undefined;
  readonly onLate: () => void;
}

export class Sendings {
  private readonly settings: Settings;
  private readonly nextId: () => number;
  private readonly window: Window;
  /** Undefined for those whose answer means nothing any more, though the server works on them. */
  private readonly asked = new Map<number, Letter | undefined>();
  private send: ((message: Publish) => void) | undefined;

  constructor(settings: Settings, nextId: () => number, window: Window) {
    this.settings = settings;
    this.nextId = nextId;
    this.window = window;
  }

  /** One more may be sent. */
  get isOpen(): boolean {
    return this.send !== undefined && this.window.isOpen;
  }

  opened(send: (message: Publish) => void): void {
    this.send = send;
  }

  lost(): void {
    this.send = undefined;
    for (const letter of this.asked.values()) {
      letter?.cancelReply();
    }
    this.asked.clear();
  }

  dispatch({ letter, producer, after, onLate }: Sending): void {
    const { clock, replyWithinMs } = this.settings;
    const { send } = this;
    const id = this.nextId();
    letter.askedId = id;
    letter.cancelReply = clock.after(replyWithinMs, () => {
      this.asked.delete(id);
      onLate();
      this.window.give();
    });
    this.asked.set(id, letter);
    this.window.take();
    const message = { ...letter.message, id, producer };
    if (after === undefined) {
      send?.(message);
      return;
    }
    void after.then(() => {
      if (!this.asked.has(id)) {
        // The connection was lost.
        return;
      }
      if (this.asked.get(id) === letter) {
        send?.(message);
      } else {
        this.take(id);
        this.window.give();
      }
    });
  }

  /** The answer to this request means nothing any more. */
  forget({ askedId, cancelReply }: Letter): void {
    cancelReply();
    this.asked.set(askedId, undefined);
  }

  has(id: number): boolean {
    return this.asked.has(id);
  }

  /** It was answered. Undefined: it means nothing any more. */
  take(id: number): Letter | undefined {
    const letter = this.asked.get(id);
    this.asked.delete(id);
    letter?.cancelReply();
    return letter;
  }
}
