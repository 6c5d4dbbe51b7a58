/**
 * The chat room behind the page: what the client tells, kept in signals for the page to show.
 * In: a way to the server, and what the user does. Out: signals. Fails: what could not be sent stays on the page, with why.
 */
import type { ReadonlySignal } from '@preact/signals';
import { type ClientTransport, type Clock, createClient } from 'tautline/client';
import { cuttable } from './cuttable.ts';
import { type Link, watchLink } from './link.ts';
import { type Log, openLog } from './log.ts';
import { type Note, openNotes, seconds } from './notes.ts';
import { type Outbox, openOutbox } from './outgoing.ts';

export interface Room extends Link, Log, Outbox {
  readonly name: string;
  readonly notes: ReadonlySignal<readonly Note[]>;
  burst(count: number): void;
  cutNetwork(forMs: number): void;
}

export interface RoomOptions {
  readonly url: string;
  /** Of whom writes here. */
  readonly name: string;
  readonly transport: ClientTransport;
  readonly clock: Clock;
}

export function openRoom({ url, name, transport, clock }: RoomOptions): Room {
  const network = cuttable(transport, clock);
  const client = createClient(url, {
    token: name,
    transport: network,
    clock,
    // Sooner than in production, so that the page shows a round trip and heals while one watches.
    pingAfterMs: 2_000,
    backoff: { firstMs: 400, maxMs: 2_000 },
  });
  let keys = 0;
  const nextKey = (): string => {
    keys += 1;
    return String(keys);
  };
  const notes = openNotes(clock, nextKey);
  const outbox = openOutbox({ client, notes, nextKey });
  return {
    name,
    ...watchLink(client, clock, notes),
    ...openLog({ client, clock, notes, nextKey }),
    ...outbox,
    notes: notes.notes,
    burst(size) {
      notes.note('plain', `Sending ${size} messages at once.`);
      for (let i = 1; i <= size; i += 1) {
        outbox.send(`${i} of ${size}`);
      }
    },
    cutNetwork(forMs) {
      notes.note('plain', `Network cut for ${seconds(forMs)}.`);
      network.cut(forMs);
    },
  };
}
