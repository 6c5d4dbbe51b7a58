/**
 * The latest entries of a log beside a subscription that goes on: read when it is live, and again after each gap.
 * In: how the subscription stands. Out: pages. Fails: what cannot be read for now is read again, after a delay that grows; a refusal is for good.
 */
import { backoffDefaults, backoffMs } from '../../ground/backoff.ts';
import type { Cancel } from '../../ground/clock.ts';
import type { Client, ClientError, Page, Subscription } from '../index.ts';

interface Wanted {
  /** Most entries. 0: none are read. */
  readonly limit: number;
  readonly loaded: (page: Page) => void;
}

/** @returns how to end it. */
export function readLatest(
  client: Client,
  subscription: Subscription,
  { limit, loaded }: Wanted,
): () => void {
  let isDue = true;
  /** Entries are missing, and where delivery goes on is known when it is live. */
  let hadGap = false;
  let failures = 0;
  let turn = 0;
  let cancel: Cancel = () => undefined;

  const read = async (): Promise<void> => {
    cancel();
    if (!isDue || limit === 0 || subscription.status !== 'live' || subscription.kind !== 'log') {
      return;
    }
    turn += 1;
    const mine = turn;
    try {
      const page = await client.history(subscription.channel, { limit });
      if (mine === turn) {
        isDue = false;
        failures = 0;
        loaded(page);
      }
    } catch (error) {
      const { retryable, retryAfterMs = 0 } = error as ClientError;
      if (mine === turn && retryable) {
        const delayMs = Math.max(
          retryAfterMs,
          backoffMs(failures, () => 1, backoffDefaults),
        );
        failures += 1;
        cancel = client.clock.after(delayMs, () => void read());
      }
    }
  };

  const ends = [
    subscription.on('status', ({ status }) => {
      if (status === 'live') {
        isDue ||= hadGap;
        hadGap = false;
        void read();
      }
    }),
    subscription.on('gap', () => {
      isDue = true;
      hadGap = true;
      void read();
    }),
  ];
  void read();
  return () => {
    turn += 1;
    cancel();
    for (const end of ends) {
      end();
    }
  };
}
