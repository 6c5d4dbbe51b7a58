/**
 * What a reader is owed next: of a log the entries that follow, of keyed state the keys that changed, or all there is.
 * In: a log and a position. Out: one stretch, at most `limit` entries. Fails as `read.ts` does.
 */
import type { Log, StatePage } from '../../ports/index.ts';
import {
  at,
  beginning,
  type Gap,
  type GapReason,
  type Position,
  samePosition,
} from '../../wire/index.ts';
import { idsOf, judge, type Owed, owed } from './judge.ts';
import { readFrom } from './read.ts';

export interface Stretch {
  readonly epoch: string;
  /** In order. A gap that stands first is why the reader could not go on from where it was. */
  readonly owed: readonly Owed[];
  /** Of what was read: its announcement may come only now. */
  readonly ids: ReadonlySet<string>;
  /** Where the log ended when it was read. */
  readonly top: Position;
  /** Where the reader is with all of this, if there is nothing beyond it. */
  readonly end: Position | undefined;
  /** It is all there is of keyed state, or the first part of that, and replaces whatever the reader knows. */
  readonly snapshot?: true;
}

type Reads = Pick<Log, 'read' | 'values'>;

export interface Reading {
  readonly channel: string;
  readonly since: Position;
  readonly limit: number;
}

export async function readLog(log: Reads, { channel, since, limit }: Reading): Promise<Stretch> {
  const page = await readFrom(log, { channel, since, limit });
  const list = owed(since, page);
  const top = at(page.epoch, page.top);
  const last = list.at(-1);
  let reached = since;
  if (last !== undefined) {
    reached = 'gap' in last ? last.gap.to : at(page.epoch, last.publication);
  }
  const end = samePosition(reached, top) ? top : undefined;
  return { epoch: page.epoch, owed: list, ids: idsOf(page), top, end };
}

/** `since` is undefined for who knows nothing; `before`: where the log ended with the page before this one of the same replay. */
export async function readState(
  log: Reads,
  reading: Omit<Reading, 'since'> & {
    readonly since: Position | undefined;
    readonly before: Position | undefined;
  },
): Promise<Stretch> {
  const { channel, since, limit, before } = reading;
  if (since === undefined) {
    return readSnapshot(log, { channel, limit, gap: undefined });
  }
  const page = await log.values(channel, since.offset, limit);
  const reason = whyNot(since, page) ?? (await whyLost(log, { channel, since, before }));
  if (reason === undefined) {
    return changes(page, since);
  }
  const gap: Gap = { reason, from: since, to: beginning(page.epoch) };
  return readSnapshot(log, { channel, limit, gap });
}

/**
 * Why what the reader knows is not of this log. Looked at after the values were read: what stands there now stood there then. The other way
 * round, an engine could lose it in between, and have as many others by then.
 */
async function whyLost(
  log: Reads,
  { channel, since, before }: Omit<Parameters<typeof readState>[1], 'limit'>,
): Promise<GapReason | undefined> {
  const known = before ?? since!;
  const reason = judge(known, await readFrom(log, { channel, since: known, limit: 2 }))?.reason;
  // What was read a moment ago may be trimmed since then: its values stay.
  return before !== undefined && reason === 'trimmed' ? undefined : reason;
}

/** All there is of keyed state; because of that gap, if there is one. */
export async function readSnapshot(
  log: Pick<Log, 'values'>,
  { channel, limit, gap }: Pick<Reading, 'channel' | 'limit'> & { readonly gap: Gap | undefined },
): Promise<Stretch> {
  return snapshot(await log.values(channel, 0, limit), gap);
}

/** Why what changed since then is not all that changed. */
function whyNot(since: Position, page: StatePage): GapReason | undefined {
  if (page.epoch !== since.epoch) {
    return 'epoch';
  }
  if (since.offset > page.top.offset) {
    return 'ahead';
  }
  return since.offset < page.forgotten ? 'trimmed' : undefined;
}

function changes(page: StatePage, since: Position): Stretch {
  return {
    epoch: page.epoch,
    owed: page.publications
      .filter(({ offset }) => offset > since.offset)
      .map((publication) => ({ publication })),
    ids: idsOf(page),
    top: at(page.epoch, page.top),
    end: page.more ? undefined : at(page.epoch, page.top),
  };
}

function snapshot(page: StatePage, gap: Gap | undefined): Stretch {
  const start = beginning(page.epoch);
  const stretch = changes(page, start);
  const fell = gap === undefined ? [] : [{ gap: { ...gap, to: start } }];
  return { ...stretch, owed: [...fell, ...stretch.owed], snapshot: true };
}
