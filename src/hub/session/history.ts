/**
 * A page of the past, for a client that asks.
 * In: a session and its request. Out: a `historyPage`, sent. Fails as the broker does.
 */
import type { LogPage } from '../../ports/index.ts';
import {
  at,
  type Gap,
  type History,
  type HistoryPage,
  maxJsonLength,
  type Position,
  type Publication,
  sameEntry,
} from '../../wire/index.ts';
import { owed } from '../channel/judge.ts';
import { readFrom } from '../channel/read.ts';
import { fullSight, type Sight } from '../channel/sight.ts';
import { jsonText, sizeOf } from '../data.ts';
import { deny } from '../denied.ts';
import type { Asker } from './asker.ts';
import { type Reach, reach } from './reach.ts';

type Answer = Pick<HistoryPage, 'publications' | 'top' | 'more' | 'gap'>;

export async function history(session: Asker, request: History): Promise<void> {
  const { id, channel } = request;
  const place = reach(session, channel);
  if (place === undefined) {
    session.refuse(id, 'CHANNEL_INVALID', 'this cannot be the name of a channel');
    return;
  }
  if (place.rules.kind === 'signals') {
    session.refuse(id, 'KIND_MISMATCH', 'this channel has no log, and no history');
    return;
  }
  const denied = await place.denied();
  if (denied !== undefined) {
    deny(session, id, denied);
    return;
  }
  // In turn with the replays, and like them only when there is room: a page may be large.
  const waitsForRoom = session.room();
  await waitsForRoom;
  await session.inTurn(async () => {
    const waitsStill = session.room();
    await waitsStill;
    // Whoever reads slowly may have waited for long: what was allowed then is asked again.
    const isOld = waitsForRoom !== undefined || waitsStill !== undefined;
    const deniedSince = isOld ? await place.denied(true) : undefined;
    if (deniedSince !== undefined) {
      deny(session, id, deniedSince);
    } else if (session.isOpen) {
      session.tell({ type: 'historyPage', id, channel, ...(await read(session, place, request)) });
    }
  });
}

async function read(
  session: Asker,
  place: Reach,
  { after, limit }: Pick<History, 'after' | 'limit'>,
): Promise<Answer> {
  const { broker, limits } = session.hub;
  const { name: channel, sight } = place;
  const most = {
    entries: Math.min(Math.max(limit, 1), limits.pageEntries),
    // The other end reads messages up to a length, whatever may wait for it here.
    bytes: Math.min(limits.maxOutletBytes / 4, maxJsonLength / 2),
  };
  if (after !== undefined) {
    return readAfter(session, place, { after, most });
  }
  const isWhole = sight === fullSight;
  const page = await broker.log.latest(channel, isWhole ? most.entries : limits.pageEntries);
  const seen = shownOf(page.publications, sight).slice(-most.entries);
  return {
    publications: latestWithin(seen, most.bytes),
    top: at(page.epoch, page.top),
    more: false,
  };
}

interface Most {
  readonly entries: number;
  readonly bytes: number;
}

/** A page that has something to show, if there is anything up to the end of the log: a client asks on from what it was given. */
async function readAfter(
  session: Asker,
  { name: channel, sight }: Reach,
  { after, most }: { readonly after: Position; readonly most: Most },
): Promise<Answer> {
  const { broker, limits } = session.hub;
  // One more than wanted: the entry at `after` comes too, to be compared.
  const limit = sight === fullSight ? most.entries + 1 : limits.pageEntries;
  const first = await readFrom(broker.log, { channel, since: after, limit });
  let part = partOf(after, first, sight, most);
  const { gap } = part;
  let { reached } = part;
  // Entries that are added meanwhile are not waited for.
  while (part.publications.length === 0 && reached.offset < first.top.offset && session.isOpen) {
    const page = await readFrom(broker.log, { channel, since: reached, limit });
    const next = partOf(reached, page, sight, most);
    if (next.gap !== undefined || sameEntry(next.reached, reached)) {
      break;
    }
    part = next;
    ({ reached } = next);
  }
  const { publications, top } = part;
  const more = !sameEntry(reached, top);
  return { publications, top, more, ...(gap === undefined ? {} : { gap }) };
}

interface Part extends Pick<Answer, 'publications' | 'top' | 'gap'> {
  /** The last entry that was looked at, shown or not. */
  readonly reached: Position;
}

/** The entries that follow `after`, up to the first break: what is beyond it is asked for with the next page. */
function partOf(after: Position, page: LogPage, sight: Sight, most: Most): Part {
  const publications: Publication[] = [];
  let gap: Gap | undefined;
  let reached = after;
  const fits = roomOf(most.bytes);
  for (const [index, one] of owed(after, page).entries()) {
    if ('gap' in one) {
      if (index > 0) {
        break;
      }
      gap = one.gap;
      reached = gap.to;
      continue;
    }
    const seen = sight.entry(one.publication);
    if (seen !== undefined) {
      const isOver = !fits(seen) && publications.length > 0;
      if (publications.length === most.entries || isOver) {
        break;
      }
      publications.push(seen);
    }
    reached = at(page.epoch, one.publication);
  }
  const top = at(page.epoch, page.top);
  return { publications, top, reached, ...(gap === undefined ? {} : { gap }) };
}

function shownOf(publications: readonly Publication[], sight: Sight): readonly Publication[] {
  return publications.flatMap((publication) => sight.entry(publication) ?? []);
}

/** As many of the latest as fit; one at the least. */
function latestWithin(publications: readonly Publication[], most: number): readonly Publication[] {
  const fits = roomOf(most);
  let from = publications.length;
  while (from > 0) {
    if (!fits(publications[from - 1]!) && from < publications.length) {
      break;
    }
    from -= 1;
  }
  return publications.slice(from);
}

/** What stands around the publications of a page takes less. */
const mostLength = maxJsonLength - 16_384;

/** Whether one more has room: of what is said so much, and with the names and keys, which may be longer than that, what the other end reads. */
function roomOf(mostBytes: number): (publication: Publication) => boolean {
  let bytes = 0;
  let length = 0;
  return ({ data, ...rest }) => {
    const size = sizeOf(data);
    bytes += size;
    // Bytes are base64 there.
    length += data instanceof Uint8Array ? Math.ceil(size / 3) * 4 : size;
    length += jsonText(rest)?.length ?? 0;
    return bytes <= mostBytes && length <= mostLength;
  };
}
