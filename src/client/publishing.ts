/**
 * `tautline/client/publishing`: publications through an outbox, beside the core.
 */
import type { Welcome } from '../wire/index.ts';
import type { CoreClient } from './client.ts';
import type { PublishingOptions } from './client-options.ts';
import { type OutboxSettings, settleOutbox } from './core-options.ts';
import { ClientError } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import type { Letter } from './letter.ts';
import { Outbox, type OutboxView } from './outbox.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';
import type { PublishedAt, PublishOptions } from './subscription.ts';

export interface Publishing {
  /** What was published and has no final answer yet. */
  readonly outbox: OutboxView;
  /** As `publish` of `Client`. */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt>;
}

/** Once for each client: another has an outbox of its own. */
export function publishing(
  { parts }: Pick<CoreClient, 'parts'>,
  options: PublishingOptions = {},
): Publishing {
  return new Publisher(parts, settleOutbox(options));
}

export class Publisher implements Publishing, Feature {
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
