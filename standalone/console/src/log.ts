/**
 * The channel's log, as far as the page shows it: the latest of it first, then everything after, and each gap.
 * In: what the client delivers. Out: signals. Fails: a log that cannot be read now is asked for again after a while; one that may
 * not be read is a note.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type Client,
  ClientError,
  type Clock,
  type GapEvent,
  type Received,
} from 'tautline/client';
import type { Notes } from './notes.ts';
import { Rate } from './rate.ts';

export type Line =
  | { readonly kind: 'message'; readonly key: string; readonly message: Received }
  | { readonly kind: 'gap'; readonly key: string; readonly gap: GapEvent };

export interface Log {
  readonly lines: ReadonlySignal<readonly Line[]>;
  readonly received: ReadonlySignal<number>;
  readonly gaps: ReadonlySignal<number>;
  readonly position: ReadonlySignal<string | undefined>;
  /** Messages in each of the latest seconds, oldest first. */
  readonly rates: ReadonlySignal<readonly number[]>;
}

export const channel = 'chat/lobby';
/** Most lines that the page keeps; older ones are forgotten by the page, not by the log. */
export const maxLines = 500;
/**
 * Between two attempts to read the log, in milliseconds. The client waits for a connection by itself; but a refusal may come at
 * once, as when too many messages wait to be sent, and would be asked for again without end.
 */
export const readAgainAfterMs = 1_000;
const latest = 50;
const rateSeconds = 30;

interface Room {
  readonly client: Client;
  readonly clock: Clock;
  readonly notes: Notes;
  readonly nextKey: () => string;
}

export function openLog({ client, clock, notes: { note }, nextKey }: Room): Log {
  const lines = signal<readonly Line[]>([]);
  const received = signal(0);
  const gaps = signal(0);
  const position = signal<string | undefined>(undefined);
  const rate = new Rate(rateSeconds, clock.wallMs());

  const show = (line: Line): void => {
    lines.value = [...lines.value, line].slice(-maxLines);
  };
  const follow = (since: string): void => {
    const subscription = client.subscribe(channel, { since });
    subscription.on('publication', (message) => {
      received.value += 1;
      rate.add(clock.wallMs());
      position.value = message.position;
      show({ kind: 'message', key: nextKey(), message });
    });
    subscription.on('gap', (gap) => {
      gaps.value += 1;
      position.value = gap.to;
      show({ kind: 'gap', key: nextKey(), gap });
      note('bad', `gap: ${gap.reason}`);
    });
  };
  /** The latest of the log first; then everything after its end, so that nothing lies in between. */
  const begin = async (): Promise<void> => {
    try {
      const { publications, top } = await client.history(channel, { limit: latest });
      lines.value = publications.map((message) => ({ kind: 'message', key: nextKey(), message }));
      position.value = top;
      follow(top);
    } catch (error) {
      if (error instanceof ClientError && error.retryable) {
        clock.after(readAgainAfterMs, () => void begin());
      } else {
        note('bad', `The log cannot be read: ${String(error)}`);
      }
    }
  };
  void begin();
  return { lines, received, gaps, position, rates: measured(rate, clock) };
}

/** Read once a second, for as long as the page lives. */
function measured(rate: Rate, clock: Clock): ReadonlySignal<readonly number[]> {
  const rates = signal<readonly number[]>(rate.read(clock.wallMs()));
  const measure = (): void => {
    rates.value = rate.read(clock.wallMs());
    clock.after(1000, measure);
  };
  clock.after(1000, measure);
  return rates;
}
