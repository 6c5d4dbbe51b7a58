/**
 * The connection, as the page shows it.
 * In: the client's events. Out: signals, and a note for each change that a reader should hear of. Cannot fail.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client, Clock, Status } from 'tautline/client';
import { type Notes, seconds } from './notes.ts';

export interface Link {
  readonly status: ReadonlySignal<Status>;
  /** By the wall: when the next connection is made. */
  readonly retryAtMs: ReadonlySignal<number | undefined>;
  readonly roundTripMs: ReadonlySignal<number | undefined>;
}

export function watchLink(client: Client, clock: Clock, { note }: Notes): Link {
  const status = signal<Status>(client.status);
  const retryAtMs = signal<number | undefined>(undefined);
  const roundTripMs = signal<number | undefined>(undefined);
  let lostAtMs: number | undefined;

  client.on('status', (change) => {
    const { retryInMs, error } = change;
    status.value = change.status;
    retryAtMs.value = retryInMs === undefined ? undefined : clock.wallMs() + retryInMs;
    if (change.status === 'connected') {
      const awayMs = lostAtMs === undefined ? undefined : clock.nowMs() - lostAtMs;
      note('good', awayMs === undefined ? 'Connected.' : `Back after ${seconds(awayMs)}.`);
      lostAtMs = undefined;
    } else if (change.status === 'waiting' && lostAtMs === undefined) {
      lostAtMs = clock.nowMs();
      note('bad', `Connection lost${error === undefined ? '' : ` (${error.code})`}; trying again.`);
    } else if (change.status === 'closed') {
      note('bad', error === undefined ? 'Closed.' : `Closed: ${error.message}`);
    }
  });
  client.on('roundTrip', (ms) => {
    roundTripMs.value = ms;
  });
  return { status, retryAtMs, roundTripMs };
}
