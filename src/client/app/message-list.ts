/**
 * The messages of a channel as people see them: what is in the log, and after it what this client has published and does not know there yet.
 * In: entries of the log, pages of it, and what the outbox says. Out: a list of at most `limit`, oldest first. Cannot fail.
 * An entry takes the place of what was shown for it, under the same key: by its id as soon as the outbox knows that; before, an entry of the
 * same user that says the same is taken for it. Was it another one, then both are shown when the outbox says so.
 */
import { fromText, type Position } from '../../wire/index.ts';
import type { ClientError, OutboxEntry, OutboxStatus, Page, Received } from '../index.ts';
import type { EntryMeta } from './app-events.ts';

/** One message, as it stands now. */
export interface Message<Name extends string = string, Data = unknown> {
  /** Stays the same from the first time that it is shown, also when the entry of the log takes its place: the key of its row in a list. */
  readonly key: string;
  readonly event: Name;
  readonly data: Data;
  /** `stored`: it is in the log. The others as in the outbox: `queued`, `sent`, and for good `unknown` or `failed`. */
  readonly status: OutboxStatus;
  /** Who published it; of what this client publishes, as whom the server let it in last. */
  readonly by: string | undefined;
  /** Undefined until the entry itself has come. */
  readonly meta: EntryMeta | undefined;
  /** With `failed` and `unknown`: why. */
  readonly error: ClientError | undefined;
}

/** Something of the log. */
interface Logged {
  readonly place: Position;
  readonly message: Message;
}

/** Something of the outbox. */
interface Waiting {
  readonly message: Message;
  /** As it was given. */
  readonly data: unknown;
  /** The id of the entry that is taken for it: it is not shown beside that. */
  shownAs: string | undefined;
}

/** What a schema makes of the data of an entry; undefined: it is not to be seen. */
export type See = (event: string, data: unknown) => { readonly data: unknown } | undefined;

export class MessageList {
  readonly #limit: number;
  readonly #see: See;
  /** In the order of the log. */
  #logged: Logged[] = [];
  /** By the outbox's id, in the order of publishing. Bounded by the outbox, and by `limit` of what has failed. */
  readonly #waiting = new Map<number, Waiting>();

  /** @param limit Most messages shown. */
  constructor(limit: number, see: See) {
    this.#limit = limit;
    this.#see = see;
  }

  read(): readonly Message[] {
    const waiting = [...this.#waiting.values()].filter(({ shownAs }) => shownAs === undefined);
    return [...this.#logged, ...waiting].slice(-this.#limit).map(({ message }) => message);
  }

  /** An entry of the log. `user`: as whom the server let this client in. */
  received(received: Received, user: string | undefined): void {
    const place = fromText(received.position);
    if (place === undefined) {
      return;
    }
    if (this.#logged.at(-1)?.place.epoch !== place.epoch) {
      // Another life of the log.
      this.#logged = [];
    }
    const known = this.#logged.find(({ place: { id } }) => id === place.id);
    this.#take(received, place, known, user);
  }

  /** All that there is to be shown of the log, up to the page's top. */
  loaded({ publications, top }: Page, user: string | undefined): void {
    const end = fromText(top);
    const before = new Map(this.#logged.map((logged) => [logged.place.id, logged]));
    this.#logged = this.#logged.filter(
      ({ place }) => place.epoch === end?.epoch && place.offset > end.offset,
    );
    for (const received of publications) {
      const place = fromText(received.position);
      if (place !== undefined) {
        this.#take(received, place, before.get(place.id), user);
      }
    }
  }

  /** The outbox says how one of its entries stands. */
  published(entry: OutboxEntry, user: string | undefined): void {
    const { id, event, data, status, error } = entry;
    const seen = event === undefined ? undefined : this.#see(event, data);
    if (event === undefined || seen === undefined) {
      return;
    }
    const shownAs = this.#waiting.get(id)?.shownAs;
    const key = `outbox:${id}`;
    const message = { key, event, data: seen.data, status, by: user, meta: undefined, error };
    if (status === 'queued' || status === 'sent') {
      this.#waiting.set(id, { message, data, shownAs });
      return;
    }
    this.#waiting.delete(id);
    if (status === 'stored') {
      this.#stored(message, fromText(entry.position ?? ''), shownAs);
    } else if (status === 'failed' || shownAs === undefined) {
      // What was taken for it keeps its key.
      const own = shownAs === undefined ? message : { ...message, key: `${key}:failed` };
      this.#waiting.set(id, { message: own, data, shownAs: undefined });
      this.#trim();
    }
  }

  /** Takes away what is `failed` or `unknown`. False: there is none of this key. */
  dismiss(key: string): boolean {
    for (const [id, { message }] of this.#waiting) {
      if (message.key === key && isOver(message)) {
        return this.#waiting.delete(id);
      }
    }
    return false;
  }

  #take(
    received: Received,
    place: Position,
    known: Logged | undefined,
    user: string | undefined,
  ): void {
    if (known?.message.meta !== undefined) {
      this.#put(known);
      return;
    }
    const { event, by, id } = received;
    const seen = event === undefined ? undefined : this.#see(event, received.data);
    if (event !== undefined && seen !== undefined) {
      const key = known?.message.key ?? this.#takenFor(received, user) ?? id;
      const whole = { status: 'stored', meta: received, error: undefined } as const;
      this.#put({ place, message: { key, event, data: seen.data, by, ...whole } });
    }
  }

  /** The key of what this client has sent and this entry may well be. */
  #takenFor({ event, data, by, id }: Received, user: string | undefined): string | undefined {
    for (const waiting of user === undefined || by !== user ? [] : this.#waiting.values()) {
      const { message, shownAs } = waiting;
      const isOpen = message.status === 'sent' && shownAs === undefined;
      if (isOpen && message.event === event && isSame(waiting.data, data)) {
        waiting.shownAs = id;
        return message.key;
      }
    }
    return undefined;
  }

  #stored(message: Message, place: Position | undefined, shownAs: string | undefined): void {
    const last = this.#logged.at(-1);
    const isElsewhere = last !== undefined && last.place.epoch !== place?.epoch;
    const isThere = this.#logged.some((logged) => logged.place.id === place?.id);
    if (place !== undefined && !isElsewhere && !isThere) {
      const key = shownAs === undefined ? message.key : place.id;
      this.#put({ place, message: { ...message, key } });
    }
  }

  /** Where it belongs in the log; in the place of the same entry. */
  #put(logged: Logged): void {
    const all = this.#logged;
    const { offset } = logged.place;
    let at = all.length;
    while (at > 0 && all[at - 1]!.place.offset > offset) {
      at -= 1;
    }
    const same = at > 0 && all[at - 1]!.place.offset === offset ? 1 : 0;
    all.splice(at - same, same, logged);
    if (all.length > this.#limit) {
      all.shift();
    }
  }

  #trim(): void {
    const over = [...this.#waiting].filter(([, { message }]) => isOver(message));
    for (const [id] of over.slice(0, -this.#limit)) {
      this.#waiting.delete(id);
    }
  }
}

function isOver({ status }: Message): boolean {
  return status === 'failed' || status === 'unknown';
}

/** As JSON: what is sent is written so. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
