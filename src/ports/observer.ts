/**
 * Named moments, for metrics, traces and logs. A listener that throws is nobody's business but its own: it is ignored.
 */
import type { DisconnectName, ErrorCode, GapReason } from '../wire/index.ts';

export interface Observer {
  connected?(session: string, user: string): void;
  disconnected?(session: string, why: DisconnectName | 'left'): void;
  subscribed?(session: string, channel: string): void;
  /** Appended to its log; `subscribers` are those of this hub. */
  published?(channel: string, subscribers: number): void;
  gapped?(channel: string, reason: GapReason): void;
  refused?(session: string, code: ErrorCode): void;
  /** Something that should not have happened: a policy or broker that threw. */
  failed?(error: unknown): void;
}
