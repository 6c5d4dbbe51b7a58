/**
 * The outbox beside the core: publications go into it, and it is told of connections and answers.
 * In: calls of the application; what the core tells features. Out: promises of the outbox. Fails: as the outbox does.
 */
import type { Welcome } from '../wire/index.ts';
import type { OutboxSettings } from './core-options.ts';
import type { Feature, Parts } from './feature.ts';
import type { OutboxKeeper } from './keeping.ts';
import type { Letter } from './letter.ts';
import { Outbox } from './outbox.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';
import type { PublishedAt, PublishOptions } from './subscription.ts';

export class Publisher implements Feature {
  readonly outbox: Outbox;
  readonly #parts: Parts;
  readonly #keeper: OutboxKeeper | undefined;

  /** @param keeper By which what waits outlives the page. */
  constructor(parts: Parts, chosen: OutboxSettings, keeper?: OutboxKeeper) {
    const { settings, nextId, window } = parts;
    this.outbox = new Outbox({ ...settings, ...chosen }, nextId, window);
    this.#parts = parts;
    this.#keeper = keeper;
    if (keeper !== undefined) {
      void this.outbox.keepBy(keeper);
    }
    parts.add(this);
  }

  async publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.post({ type: 'publish', channel, data }, options);
  }

  async post(
    message: Letter['message'],
    { event, durability, tag, withinMs }: PublishOptions = {},
  ): Promise<PublishedAt> {
    this.#parts.checkOpen(message.channel);
    return this.outbox.add(
      {
        ...message,
        ...(event === undefined ? undefined : { event }),
        ...(durability === undefined ? undefined : { durability }),
      },
      { tag, withinMs },
    );
  }

  opened({ session, secret, user }: Welcome, line: Line): void {
    this.outbox.opened((message) => line.send(message), user);
    this.#keeper?.welcomed({ session, secret }, user);
  }

  received(message: Business): boolean {
    return (
      (message.type === 'appended' || message.type === 'error') && this.outbox.answered(message)
    );
  }

  freed(): void {
    this.outbox.transmit();
  }

  lost(): void {
    this.outbox.lost();
  }

  closed(): void {
    this.outbox.closed();
  }
}
