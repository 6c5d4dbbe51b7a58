/**
 * A plain `EventSource` (WHATWG HTML §9.2.6), for which the test says when its connection breaks and when it comes back: by `Last-Event-ID`.
 * In: a `fetch` and an address. Out: events, across its connections. Fails: a status that keeps it away is kept.
 */
import { fromText, type Publication } from '../../../src/wire/index.ts';
import { apply } from './road-reader.ts';

interface Said {
  /** Of the last event so far that had one. */
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** What a page gets of a publication. */
export type Entry = Pick<Publication, 'id' | 'data' | 'event' | 'key' | 'removed'>;

export class EventReader {
  status = 0;
  /** Of its first connection to its last. */
  readonly told: Said[] = [];
  lastId = '';
  hasEnded = false;
  private readonly fetch: typeof globalThis.fetch;
  private readonly url: string;
  private readonly fields: Readonly<Record<string, string>>;
  private connection = new AbortController();

  constructor(
    fetch: typeof globalThis.fetch,
    url: string,
    fields: Readonly<Record<string, string>> = {},
  ) {
    this.fetch = fetch;
    this.url = url;
    this.fields = fields;
  }

  /** It connects, for the first time or again. */
  open(): void {
    void this.listen();
  }

  /** Its connection breaks. What was read counts. */
  cut(): void {
    this.connection.abort();
  }

  /** Publications, in the order in which they were told. */
  entries(): Entry[] {
    return this.told.flatMap(({ id, name, data }) =>
      name === '' ? [{ ...(JSON.parse(data) as Entry), id: fromText(id)!.id }] : [],
    );
  }

  /** What it shows of a channel of keyed state. */
  values(): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const { name, data } of this.told) {
      const said = JSON.parse(data) as Entry & { readonly snapshot?: true };
      if (name === 'subscribed' && said.snapshot === true) {
        values.clear();
      } else if (name === '') {
        apply(values, said);
      }
    }
    return values;
  }

  private async listen(): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    this.hasEnded = false;
    const { signal } = connection;
    // §9.2.3: the field is there once an id has come.
    const since = this.lastId === '' ? {} : { 'Last-Event-ID': this.lastId };
    try {
      const { status, body } = await this.fetch(this.url, {
        headers: { Accept: 'text/event-stream', ...this.fields, ...since },
        signal,
      });
      this.status = status;
      const chunks = body!.getReader();
      const decoder = new TextDecoder();
      let rest = '';
      for (let one = await chunks.read(); !one.done && status === 200; one = await chunks.read()) {
        const blocks = (rest + decoder.decode(one.value, { stream: true })).split('\n\n');
        rest = blocks.pop()!;
        for (const block of signal.aborted ? [] : blocks) {
          this.take(block);
        }
      }
    } catch {
      // Cut.
    }
    this.hasEnded = this.connection === connection;
  }

  /** An id counts with and without an event; an event without data is none. */
  private take(block: string): void {
    let name = '';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line)!;
      if (field === 'id') {
        this.lastId = value;
      } else if (field === 'event') {
        name = value;
      } else if (field === 'data') {
        data.push(value);
      }
    }
    if (data.length > 0) {
      this.told.push({ id: this.lastId, name, data: data.join('\n') });
    }
  }
}
