/**
 * `tautline/client/history`: pages of a channel's log, beside the core.
 */
import { type History, historyRow, toText } from '../wire/index.ts';
import type { CoreClient } from './client.ts';
import { gapFrom, type HistoryQuery, type Page, positionFrom, receivedFrom } from './received.ts';
import { requestsOf } from './requests.ts';

export type { GapEvent, HistoryQuery, Page, Received } from './received.ts';

/**
 * Reads a page of a channel's log, in its order. Throws `CHANNEL_INVALID`, `POSITION_INVALID`, `CLIENT_CLOSED`; rejects with what the
 * server says, and with `REQUEST_INVALID`, `NOT_CONNECTED`, `CONNECTION_LOST`, `REPLY_TOO_LATE`, `TOO_MANY_PENDING`.
 */
export async function readHistory(
  { parts }: Pick<CoreClient, 'parts'>,
  channel: string,
  { after, limit = 100 }: HistoryQuery = {},
): Promise<Page> {
  parts.checkOpen(channel);
  const from = after === undefined ? undefined : positionFrom(after);
  const page = await requestsOf(parts).ask(
    'historyPage',
    (id): History => {
      const message = { type: 'history', id, channel, limit } as const;
      return from === undefined ? message : { ...message, after: from };
    },
    { rows: { history: historyRow } },
  );
  const { top, more, gap } = page;
  const publications = page.publications.map((entry) => receivedFrom(top.epoch, entry));
  const read = { publications, more, top: toText(top) };
  return gap === undefined ? read : { ...read, gap: gapFrom(gap, from ?? gap.from) };
}
