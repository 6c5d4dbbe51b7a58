/**
 * The observer, made harmless: what it throws is nobody's business but its own.
 * In: an observer, or none. Out: one that has every method and never throws.
 */
import type { Observer } from '../ports/index.ts';

export type Notes = Required<Observer>;

export function notesFor(observer: Observer = {}): Notes {
  return {
    connected: (session, user) => quietly(() => observer.connected?.(session, user)),
    disconnected: (session, why) => quietly(() => observer.disconnected?.(session, why)),
    resumed: (session, user) => quietly(() => observer.resumed?.(session, user)),
    subscribed: (session, channel) => quietly(() => observer.subscribed?.(session, channel)),
    published: (channel, count) => quietly(() => observer.published?.(channel, count)),
    slowed: (channel, rule) => quietly(() => observer.slowed?.(channel, rule)),
    gapped: (channel, reason) => quietly(() => observer.gapped?.(channel, reason)),
    refused: (session, code) => quietly(() => observer.refused?.(session, code)),
    failed: (error) => quietly(() => observer.failed?.(error)),
  };
}

function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // An observer that fails must not change what it observes.
  }
}
