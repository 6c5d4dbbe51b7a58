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
import { jsonText } from '../data.ts';
import type { Asker } from './asker.ts';
import { mayRead } from './permissions.ts';

type Answer = Pick<HistoryPage, 'publications' | 'top' | 'more' | 'gap'>;

export async function history(session: Asker, request: History): Promise<void> {
  const { id, channel } = request;
  if (!(await mayRead(session, channel))) {
    session.refuse(id, 'FORBIDDEN', 'you may not read this channel');
    return;
  }
  // In turn with the replays, and like them only when there is room: a page may be large.
  await session.inTurn(async () => {
    await session.room();
    if (session.isOpen) {
      session.tell({ type: 'historyPage', id, channel, ...(await read(session, request)) });
    }
  });
}

async function read(session: Asker, { channel, after, limit }: History): Promise<Answer> {
  const { broker, limits } = session.hub;
  const most = Math.min(Math.max(limit, 1), limits.pageEntries);
  // The other end reads messages up to a length, whatever may wait for it here.
  const mostBytes = Math.min(limits.maxOutletBytes / 4, maxJsonLength / 2);
  if (after === undefined) {
    const page = await broker.latest(channel, most);
    const publications = latestWithin(page.publications, mostBytes);
    return { publications, top: at(page.epoch, page.top), more: false };
  }
  // One more than wanted: the entry at `after` comes too, to be compared.
  const page = await readFrom(broker, { channel, since: after, limit: most + 1 });
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
  let bytes = 0;
  for (const [index, one] of owed(after, page).entries()) {
    if ('gap' in one) {
      if (index > 0) {
        break;
      }
      gap = one.gap;
      continue;
    }
    bytes += sizeOf(one.publication);
    if (publications.length === most.entries || (bytes > most.bytes && publications.length > 0)) {
      break;
    }
    publications.push(one.publication);
  }
  const last = publications.at(-1) ?? gap?.to ?? after;
  return { publications, top, more: !sameEntry(last, top), ...(gap === undefined ? {} : { gap }) };
}

/** As many of the latest as fit; one at the least. */
function latestWithin(publications: readonly Publication[], most: number): readonly Publication[] {
  let bytes = 0;
  let from = publications.length;
  while (from > 0) {
    bytes += sizeOf(publications[from - 1]!);
    if (bytes > most && from < publications.length) {
      break;
    }
    from -= 1;
  }
  return publications.slice(from);
}

/** Units of its JSON text: near enough to its bytes, for a bound. */
function sizeOf({ data }: Publication): number {
  return jsonText(data)?.length ?? 0;
}
