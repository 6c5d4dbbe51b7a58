/**
 * Whether a reader can go on from where it stands, judged by the fence id (docs/1-learn/guarantees.md).
 * In: a position, and what the log gave when it was read from there, or what was announced. Out: what the reader is owed, in
 * order; or whether the announced entry is what comes next. Cannot fail.
 */
import type { LogPage } from '../../ports/index.ts';
import {
  at,
  type Gap,
  type GapReason,
  type Link,
  type Position,
  type Publication,
  sameEntry,
  standing,
} from '../../wire/index.ts';

/** One thing that a reader is owed. */
export type Owed = { readonly gap: Gap } | { readonly publication: Publication };

/**
 * The gap between `since` and what can still be had, or undefined when there is none.
 * `page` was read from `since.offset` on, that entry included; when its epoch is another, from the beginning.
 */
export function judge(since: Position, page: LogPage): Gap | undefined {
  const first = page.publications[0];
  const gap = (reason: GapReason, to: Link): Gap => ({
    reason,
    from: since,
    to: at(page.epoch, to),
  });

  if (page.epoch !== since.epoch) {
    return gap('epoch', first?.prev ?? page.top);
  }
  if (since.offset > page.top.offset) {
    return gap('ahead', page.top);
  }
  if (first === undefined) {
    // Nothing is retained from here on; the top's id is kept beside the log, so it can still vouch.
    if (sameEntry(page.top, since)) {
      return undefined;
    }
    return gap(page.top.offset > since.offset ? 'trimmed' : 'diverged', page.top);
  }
  if (first.offset === since.offset) {
    return first.id === since.id ? undefined : gap('diverged', first.prev);
  }
  if (sameEntry(first.prev, since)) {
    return undefined;
  }
  return gap(first.prev.offset > since.offset ? 'trimmed' : 'diverged', first.prev);
}

/** Everything that a reader at `since` is owed by `page`: each publication links to the one before it, or to a gap. */
export function owed(since: Position, page: LogPage): Owed[] {
  const list: Owed[] = [];
  let last: Position = since;
  const fall = (gap: Gap): void => {
    list.push({ gap });
    last = gap.to;
  };
  const gap = judge(since, page);
  if (gap !== undefined) {
    fall(gap);
  }
  for (const publication of page.publications) {
    const stands = standing(last, publication);
    if (stands === 'seen') {
      continue;
    }
    if (stands !== 'next') {
      // Inside one page entries link to each other, unless somebody took one out of the middle: that is said too.
      const reason = stands === 'hole' ? 'trimmed' : 'diverged';
      fall({ reason, from: last, to: at(page.epoch, publication.prev) });
    }
    list.push({ publication });
    last = at(page.epoch, publication);
  }
  return list;
}

/** `strange`: neither what comes next nor known. Only the log can tell what it means. */
export type Fit = 'next' | 'known' | 'strange';

/** An entry as it was announced. */
export interface Announced {
  readonly epoch: string;
  readonly publication: Publication;
}

/** @param foreseen Ids that were read from the log before their announcements came, which are thus no surprise. */
export function fit(
  last: Position,
  { epoch, publication }: Announced,
  foreseen: ReadonlySet<string> | undefined,
): Fit {
  if (epoch !== last.epoch) {
    return 'strange';
  }
  switch (standing(last, publication)) {
    case 'next':
      return 'next';
    case 'seen':
      // An earlier offset alone proves nothing: an engine that lost entries hands their offsets out again.
      return sameEntry(last, publication) || foreseen?.has(publication.id) ? 'known' : 'strange';
    default:
      return 'strange';
  }
}

export function idsOf(page: Pick<LogPage, 'publications'>): ReadonlySet<string> {
  return new Set(page.publications.map(({ id }) => id));
}
