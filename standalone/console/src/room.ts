/**
 * The chat room behind the page: what the client tells, kept in signals for the page to show.
 * In: the client's events, and what the user does. Out: signals. Fails: what could not be sent stays on the page, with why.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import {
  ClientError,
  createClient,
  type GapEvent,
  type Received,
  type Status,
  websocket,
} from 'tautline/client';
import { cuttable } from './cuttable.ts';
import { nameOfThisTab } from './names.ts';
import { Rate } from './rate.ts';

const channel = 'chat/lobby';
const rateSeconds = 30;
/** Most lines that the page keeps; older ones are forgotten by the page, not by the log. */
const maxLines = 500;
const maxNotes = 30;

export type Line =
  | { readonly kind: 'message'; readonly key: string; readonly message: Received }
  | { readonly kind: 'gap'; readonly key: string; readonly gap: GapEvent };

/** A message that the log has not confirmed. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  /** Why it was not confirmed; undefined while the answer is awaited. */
  readonly problem: string | undefined;
}

export interface Note {
  readonly key: string;
  readonly atMs: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

export interface Room {
  readonly name: string;
  readonly status: ReadonlySignal<Status>;
  readonly retryAtMs: ReadonlySignal<number | undefined>;
  readonly roundTripMs: ReadonlySignal<number | undefined>;
  readonly rates: ReadonlySignal<readonly number[]>;
  readonly received: ReadonlySignal<number>;
  readonly gaps: ReadonlySignal<number>;
  readonly position: ReadonlySignal<string | undefined>;
  readonly lines: ReadonlySignal<readonly Line[]>;
  readonly outgoing: ReadonlySignal<readonly Outgoing[]>;
  readonly notes: ReadonlySignal<readonly Note[]>;
  send(text: string): void;
  sendAgain(key: string): void;
  burst(count: number): void;
  cutNetwork(forMs: number): void;
}

export function openRoom(url: string): Room {
  const network = cuttable(websocket());
  const name = nameOfThisTab();
  const client = createClient(url, {
    token: name,
    transport: network,
    // Sooner than in production, so that the page shows a round trip and heals while one watches.
    pingAfterMs: 2_000,
    backoff: { firstMs: 400, maxMs: 2_000 },
  });
  const rate = new Rate(rateSeconds, Date.now());
  const status = signal<Status>(client.status);
  const retryAtMs = signal<number | undefined>(undefined);
  const roundTripMs = signal<number | undefined>(undefined);
  const rates = signal<readonly number[]>(rate.read(Date.now()));
  const received = signal(0);
  const gaps = signal(0);
  const position = signal<string | undefined>(undefined);
  const lines = signal<readonly Line[]>([]);
  const outgoing = signal<readonly Outgoing[]>([]);
  const notes = signal<readonly Note[]>([]);
  let count = 0;

  const nextKey = (): string => {
    count += 1;
    return String(count);
  };
  const note = (tone: Note['tone'], text: string): void => {
    const added = { key: nextKey(), atMs: Date.now(), tone, text };
    notes.value = [added, ...notes.value].slice(0, maxNotes);
  };
  const show = (line: Line): void => {
    lines.value = [...lines.value, line].slice(-maxLines);
  };
  const take = (message: Received): void => {
    received.value += 1;
    rate.add(Date.now());
    position.value = message.position;
    show({ kind: 'message', key: nextKey(), message });
  };

  let lostAtMs: number | undefined;
  client.on('status', (change) => {
    status.value = change.status;
    const { retryInMs, error } = change;
    retryAtMs.value = retryInMs === undefined ? undefined : Date.now() + retryInMs;
    if (change.status === 'connected') {
      const awayMs = lostAtMs === undefined ? undefined : Date.now() - lostAtMs;
      note('good', awayMs === undefined ? 'Connected.' : `Back after ${seconds(awayMs)}.`);
      lostAtMs = undefined;
    } else if (change.status === 'waiting' && lostAtMs === undefined) {
      lostAtMs = Date.now();
      note('bad', `Connection lost${error === undefined ? '' : ` (${error.code})`}; trying again.`);
    } else if (change.status === 'closed') {
      note('bad', error === undefined ? 'Closed.' : `Closed: ${error.message}`);
    }
  });
  client.on('roundTrip', (ms) => {
    roundTripMs.value = ms;
  });

  const follow = (since: string | undefined): void => {
    const subscription = client.subscribe(channel, since === undefined ? {} : { since });
    subscription.on('publication', take);
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
      const page = await client.history(channel, { limit: 50 });
      const before = page.publications.map(
        (message): Line => ({ kind: 'message', key: nextKey(), message }),
      );
      lines.value = before;
      position.value = page.top;
      follow(page.top);
    } catch (error) {
      if (error instanceof ClientError && error.retryable) {
        await begin();
      } else {
        throw error;
      }
    }
  };
  void begin();

  const deliver = async (key: string, text: string): Promise<void> => {
    const replace = (problem: string | undefined): void => {
      outgoing.value = outgoing.value.map((one) =>
        one.key === key ? { key, text, problem } : one,
      );
    };
    replace(undefined);
    try {
      await client.publish(channel, { text });
      outgoing.value = outgoing.value.filter((one) => one.key !== key);
    } catch (error) {
      replace(explain(error));
    }
  };
  const send = (text: string): void => {
    const key = nextKey();
    outgoing.value = [...outgoing.value, { key, text, problem: undefined }];
    void deliver(key, text);
  };

  setInterval(() => {
    rates.value = rate.read(Date.now());
  }, 1000);

  return {
    name,
    status,
    retryAtMs,
    roundTripMs,
    rates,
    received,
    gaps,
    position,
    lines,
    outgoing,
    notes,
    send,
    sendAgain(key) {
      const again = outgoing.value.find((one) => one.key === key);
      if (again !== undefined) {
        void deliver(key, again.text);
      }
    },
    burst(size) {
      note('plain', `Sending ${size} messages at once.`);
      for (let i = 1; i <= size; i += 1) {
        send(`${i} of ${size}`);
      }
    },
    cutNetwork(forMs) {
      note('plain', `Network cut for ${seconds(forMs)}.`);
      network.cut(forMs);
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
