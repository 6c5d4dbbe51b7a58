/**
 * The outbox beside the core: publications go into it, and it is told of connections and answers.
 * In: calls of the application; what the core tells features. Out: promises of the outbox. Fails: as the outbox does.
 */
import type { Welcome } from '../wire/index.ts';
import type { OutboxSettings } from './core-options.ts';
import { ClientError } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import type { Letter } from './letter.ts';
import { Outbox, type OutboxView } from './outbox.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';
import type { PublishedAt, PublishOptions } from './subscription.ts';

export class Publisher implements Feature {
  readonly #parts: Parts;
  readonly #letters: Outbox;

  constructor(parts: Parts, chosen: OutboxSettings) {
    const { settings, nextId, window, events } = parts;
    const letters = new Outbox({ ...settings, ...chosen }, nextId, window);
    this.#parts = parts;
    this.#letters = letters;
    const keeper = chosen.keep?.({
      clock: settings.clock,
      look: () => letters.look(),
      failed: (error) => {
        const message = `nothing is kept any more: ${String(error)}`;
        events.emit('storageFailed', new ClientError('STORAGE_FAILED', message, true));
      },
    });
    if (keeper !== undefined) {
      void letters.keepBy(keeper);
    }
    parts.add(this);
  }

  get outbox(): OutboxView {
    return this.#letters;
  }

  async publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.post({ type: 'publish', channel, data }, options);
  }

  async post(
    message: Letter['message'],
    { event, durability, tag, withinMs }: PublishOptions = {},
  ): Promise<PublishedAt> {
    this.#parts.checkOpen(message.channel);
    return this.#letters.add(
      {
        ...message,
        ...(event === undefined ? undefined : { event }),
        ...(durability === undefined ? undefined : { durability }),
      },
      { tag, withinMs },
    );
  }

  opened({ user }: Welcome, line: Line): void {
    this.#letters.opened((message) => line.send(message), user);
  }

  received(message: Business): boolean {
    if (message.type === 'appended') {
      this.#letters.answered(message);
    }
    return message.type === 'error' && this.#letters.refused(message);
  }

  freed(): void {
    this.#letters.transmit();
  }

  lost(): void {
    this.#letters.lost();
  }

  closed(): void {
    this.#letters.closed();
  }
}
