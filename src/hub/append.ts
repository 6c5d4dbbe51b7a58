/**
 * Appending to a log: the entry made whole, with the channel's rule of how much is kept, and the observer told.
 * In: what is published, by whom, and where. Out: what became of it. Fails as the broker does.
 */
import type { Appended, AppendOptions, NewPublication } from '../ports/index.ts';
import type { Inside } from './inside.ts';

/** What is published. */
export type Content = Pick<NewPublication, 'data' | 'event' | 'key' | 'removed' | 'by'>;

export type Append = (
  channel: string,
  content: Content,
  options?: AppendOptions & { readonly id?: string },
) => Promise<Appended>;

export function appendTo(
  hub: Pick<Inside, 'broker' | 'clock' | 'ids' | 'notes' | 'rulesOf'>,
  subscribers: (channel: string) => number,
): Append {
  return async (channel, content, { id = hub.ids.next(), ...options } = {}) => {
    const publication = { id, ...content, atMs: hub.clock.wallMs() };
    const { retain } = hub.rulesOf(channel);
    const kept = retain === undefined ? options : { ...options, retain };
    const appended = await hub.broker.log.append(channel, publication, kept);
    if (appended.outcome === 'appended' && !appended.duplicate) {
      hub.notes.published(channel, subscribers(channel));
    }
    return appended;
  };
}
