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
import { jsonText, sizeOf } from '../data.ts';
import type { Asker } from './asker.ts';
import { reach } from './reach.ts';

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
  if (!(await place.mayRead())) {
    session.refuse(id, 'FORBIDDEN', 'you may not read this channel');
    return;
  }
  // In turn with the replays, and like them only when there is room: a page may be large.
  await session.room();
  await session.inTurn(async () => {
    await session.room();
    if (session.isOpen) {
      session.tell({
        type: 'historyPage',
        id,
        channel,
        ...(await read(session, place.name, request)),
      });
    }
  });
}

async function read(
  session: Asker,
  channel: string,
  { after, limit }: Pick<History, 'after' | 'limit'>,
): Promise<Answer> {
  const { broker, limits } = session.hub;
  const most = Math.min(Math.max(limit, 1), limits.pageEntries);
  // The other end reads messages up to a length, whatever may wait for it here.
  const mostBytes = Math.min(limits.maxOutletBytes / 4, maxJsonLength / 2);
  if (after === undefined) {
    const page = await broker.log.latest(channel, most);
    const publications = latestWithin(page.publications, mostBytes);
    return { publications, top: at(page.epoch, page.top), more: false };
  }
  // One more than wanted: the entry at `after` comes too, to be compared.
  const page = await readFrom(broker.log, { channel, since: after, limit: most + 1 });
  return answerTo(after, page, { entries: most, bytes: mostBytes });
}

/** The entries that follow `after`, up to the first break: what is beyond it is asked for with the next page. */
function answerTo(
  after: Position,
  page: LogPage,
  most: { readonly entries: number; readonly bytes: number },
): Answer {
  const top = at(page.epoch, page.top);
  const publications: Publication[] = [];
  let gap: Gap | undefined;
  const fits = roomOf(most.bytes);
  for (const [index, one] of owed(after, page).entries()) {
    if ('gap' in one) {
      if (index > 0) {
        break;
      }
      gap = one.gap;
      continue;
    }
    const isOver = !fits(one.publication) && publications.length > 0;
    if (publications.length === most.entries || isOver) {
      break;
    }
    publications.push(one.publication);
  }
  const last = publications.at(-1) ?? gap?.to ?? after;
  return { publications, top, more: !sameEntry(last, top), ...(gap === undefined ? {} : { gap }) };
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
