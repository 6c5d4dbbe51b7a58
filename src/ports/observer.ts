/**
 * Named moments, for metrics, traces and logs. A listener that throws is nobody's business but its own: it is ignored.
 */
import type { DisconnectName, ErrorCode, GapReason } from '../wire/index.ts';

/** What may be counted and watched of a hub. All of it is optional; what throws is ignored. */
export interface Observer {
  connected?(session: string, user: string): void;
  /** Connected, and the stay that it names goes on: on this node or another it was fenced. Comes after `connected`. */
  resumed?(session: string, user: string): void;
  disconnected?(session: string, why: DisconnectName | 'left'): void;
  subscribed?(session: string, channel: string): void;
  /** Appended to its log; `subscribers` are those of this hub. */
  published?(channel: string, subscribers: number): void;
  /** Too much waits for one subscriber: from here on its channel's rule for slow ones applies. */
  slowed?(channel: string, rule: 'spill' | 'latest' | 'drop'): void;
  gapped?(channel: string, reason: GapReason): void;
  refused?(session: string, code: ErrorCode): void;
  /** Something that should not have happened: a policy or broker that threw. */
  failed?(error: unknown): void;
}
