/**
 * `tautline/client/publishing`: publications through an outbox, beside the core.
 */
import type { CoreClient } from './client.ts';
import type { PublishingOptions } from './client-options.ts';
import { settleOutbox } from './core-options.ts';
import type { OutboxView } from './outbox-view.ts';
import { Publisher } from './publisher.ts';
import type { PublishedAt, PublishOptions } from './subscription.ts';

export type { OutboxLimits, PublishingOptions } from './client-options.ts';
export type { OutboxEntry, OutboxStatus } from './letter.ts';
export type { OutboxEvents, OutboxView } from './outbox-view.ts';
export type { PublishedAt, PublishOptions } from './subscription.ts';

/** An outbox beside the core of a client. */
export interface Publishing {
  /** What was published and has no final answer yet. */
  readonly outbox: OutboxView;
  /** As `publish` of the client of `tautline/client`: once in the log, in the order of the calls, over all connections to come. */
  readonly publish: (
    channel: string,
    data: unknown,
    options?: PublishOptions,
  ) => Promise<PublishedAt>;
}

/**
 * Publishing by a client of `tautline/client/core`, from now on. Once for each client: another has an outbox of its own. Throws
 * `OPTION_INVALID`.
 */
export function publishing(
  { parts }: Pick<CoreClient, 'parts'>,
  options: PublishingOptions = {},
): Publishing {
  const publisher = new Publisher(parts, settleOutbox(options));
  return {
    outbox: publisher.outbox,
    publish: (channel, data, given) => publisher.publish(channel, data, given),
  };
}
