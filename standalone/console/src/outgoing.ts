/**
 * What this tab said and the log has not confirmed.
 * In: texts. Out: a signal, with how each of them stands. Fails: what could not be sent stays, with why, until it is sent again.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Client, ClientError, type OutboxStatus } from 'tautline/client';
import { channel } from './log.ts';
import type { Notes } from './notes.ts';

/** A message that the log has not confirmed. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  readonly status: Exclude<OutboxStatus, 'stored'>;
  /** Why it will not be confirmed; undefined while it may. */
  readonly problem: string | undefined;
}

export interface Outbox {
  readonly outgoing: ReadonlySignal<readonly Outgoing[]>;
  send(text: string): void;
  sendAgain(key: string): void;
}

/** More are not taken, and a note says so. */
export const maxOutgoing = 500;

interface Room {
  readonly client: Client;
  readonly notes: Notes;
  readonly nextKey: () => string;
}

export function openOutbox({ client, notes: { note }, nextKey }: Room): Outbox {
  const outgoing = signal<readonly Outgoing[]>([]);
  const change = (key: string, to: Partial<Outgoing>): void => {
    outgoing.value = outgoing.value.map((one) => (one.key === key ? { ...one, ...to } : one));
  };
  client.outbox.on('status', ({ tag, status }) => {
    if (tag !== undefined && status !== 'stored') {
      change(tag, { status });
    }
  });
  const deliver = async (key: string, text: string): Promise<void> => {
    change(key, { status: 'queued', problem: undefined });
    try {
      await client.publish(channel, { text }, { tag: key });
      outgoing.value = outgoing.value.filter((one) => one.key !== key);
    } catch (error) {
      const isUnknown = error instanceof ClientError && error.code === 'OUTCOME_UNKNOWN';
      change(key, { status: isUnknown ? 'unknown' : 'failed', problem: explain(error) });
    }
  };

  return {
    outgoing,
    send(text) {
      if (outgoing.value.length >= maxOutgoing) {
        note('bad', `Not taken: ${maxOutgoing} messages wait to be sent.`);
        return;
      }
      const key = nextKey();
      outgoing.value = [...outgoing.value, { key, text, status: 'queued', problem: undefined }];
      void deliver(key, text);
    },
    sendAgain(key) {
      const again = outgoing.value.find((one) => one.key === key);
      if (again !== undefined) {
        void deliver(key, again.text);
      }
    },
  };
}

function explain(error: unknown): string {
  if (!(error instanceof ClientError)) {
    return String(error);
  }
  if (error.code === 'OUTCOME_UNKNOWN') {
    return 'The connection broke before the answer: it may be in the log, or not.';
  }
  return error.retryable ? 'Not sent.' : `Refused: ${error.message}`;
}
