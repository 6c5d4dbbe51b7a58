/**
 * How much the outbox may hold.
 * In: letters that come and go. Out: whether more fit. Fails: `OUTBOX_FULL`, thrown for one that does not.
 */
import { ClientError } from './errors.ts';
import type { Letter } from './letter.ts';
import type { Settings } from './options.ts';

type Sized = Pick<Letter, 'size'>;

export class OutboxBounds {
  readonly #settings: Pick<Settings, 'outboxMaxMessages' | 'outboxMaxBytes'>;
  #count = 0;
  #size = 0;

  constructor(settings: Pick<Settings, 'outboxMaxMessages' | 'outboxMaxBytes'>) {
    this.#settings = settings;
  }

  /** All of them, or none. */
  fit(letters: readonly Sized[]): boolean {
    const { outboxMaxMessages, outboxMaxBytes } = this.#settings;
    const size = letters.reduce((sum, letter) => sum + letter.size, this.#size);
    return this.#count + letters.length <= outboxMaxMessages && size <= outboxMaxBytes;
  }

  mustFit(letter: Sized): void {
    if (!this.fit([letter])) {
      const holds = `${this.#count} messages of ${this.#size} characters`;
      const message = `the outbox holds ${holds}, and this has ${letter.size}`;
      throw new ClientError('OUTBOX_FULL', message, true);
    }
  }

  take({ size }: Sized): void {
    this.#count += 1;
    this.#size += size;
  }

  give({ size }: Sized): void {
    this.#count -= 1;
    this.#size -= size;
  }
}
