/**
 * Page by page through what a reader is owed: how large the next page is, and whether the place it begins at must be judged.
 * In: a log and a place. Out: stretches. Fails as `stretch.ts` does.
 */
import type { Gap, Position } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import type { Followed } from './receiver.ts';
import { readLog, readSnapshot, readState, type Stretch } from './stretch.ts';

export class Pages {
  private readonly name: string;
  private readonly hub: Inside;
  /** Entries of one page: fewer after one that did not fit. */
  private limit: number;
  /** Where the log ended with the page before, in this replay. */
  private before: Position | undefined;
  /** Found by the channel since the last page was read, or while it was: what the reader has may be of what is lost. */
  private broken: Gap | undefined;

  constructor(name: string, hub: Inside) {
    this.name = name;
    this.hub = hub;
    this.limit = hub.limits.pageEntries;
  }

  /** Another replay; because the channel found that gap, if it did. */
  begin(gap: Gap | undefined): void {
    this.before = undefined;
    this.broken = gap;
  }

  async read({ rules }: Followed, since: Position | undefined): Promise<Stretch> {
    const { log } = this.hub.broker;
    const { name: channel, before, limit, broken } = this;
    if (rules.kind !== 'state') {
      // Judged with each page.
      return readLog(log, { channel, since: since!, limit });
    }
    // Of keyed state the pages before this one count too: whatever the channel lost, all there is replaces it.
    const stretch = await (broken === undefined
      ? readState(log, { channel, since, limit, before })
      : readSnapshot(log, { channel, limit, gap: broken }));
    this.before = stretch.top;
    // Another one, found while this was read, is still to come.
    this.broken = this.broken === broken ? undefined : this.broken;
    return stretch;
  }

  broke(gap: Gap): void {
    this.broken = gap;
  }

  /** So many had room. */
  fit(sent: number, isAll: boolean): void {
    const { pageEntries } = this.hub.limits;
    this.limit = isAll ? Math.min(pageEntries, this.limit * 2) : Math.max(2, sent * 2);
  }
}
