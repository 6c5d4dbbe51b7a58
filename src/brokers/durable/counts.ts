/**
 * What the store as a whole holds: that it is ours, and how much there is. Counted again when the count was damaged.
 * In: a view. Out: the counts. Fails: `STORE_CORRUPT` for a store that is not ours, or of another version.
 */
import type { House } from './house.ts';
import { damage } from './house.ts';
import { countsKey, formatKey, kindRange, numberIn } from './keys.ts';
import type { View } from './view.ts';

export interface Counts {
  readonly channels: number;
  readonly claims: number;
  readonly nextNumber: number;
  /** Of all logs that begin from now on, until one is forgotten: what comes back after that must be told apart. */
  readonly nextEpoch: string;
}

interface Format {
  readonly format: string;
  readonly version: number;
}

const ours: Format = { format: 'tautline durable', version: 1 };

/** Names read at once while counting. */
const pageSize = 1_000;

/** Opens the store: marks it as ours when it is empty. */
export async function openFormat(view: View, house: House): Promise<void> {
  const found = await view.get<Format>(formatKey);
  if (found.is === 'good') {
    if (found.value.format !== ours.format || found.value.version !== ours.version) {
      const { format, version } = found.value;
      throw damage(
        `the store holds "${format}", version ${version}, which this engine cannot read`,
      );
    }
    return;
  }
  // Not only our own kinds of keys: what anybody keeps here must stay as it is.
  const [first] = await house.range({ gte: '', lt: '\uffff', limit: 1 });
  if (found.is === 'bad' || first !== undefined) {
    throw damage('the store holds something that this engine has not written');
  }
  view.put(formatKey, ours);
  view.put(countsKey, emptyCounts(house));
}

export async function countsOf(view: View, house: House): Promise<Counts> {
  const found = await view.get<Counts>(countsKey);
  if (found.is === 'good') {
    return found.value;
  }
  house.damaged('the counts cannot be read: everything is counted again');
  const [last] = await house.range({ ...kindRange('n'), limit: 1, reverse: true });
  const counts = {
    ...emptyCounts(house),
    channels: await count(house, 'c'),
    claims: await count(house, 'l'),
    nextNumber: last === undefined ? 1 : numberIn(last[0]) + 1,
  };
  view.put(countsKey, counts);
  return counts;
}

function emptyCounts({ options }: House): Counts {
  return { channels: 0, claims: 0, nextNumber: 1, nextEpoch: options.randomId() };
}

async function count(house: House, kind: string): Promise<number> {
  let all = 0;
  const { lt } = kindRange(kind);
  let { gte } = kindRange(kind);
  for (;;) {
    const page = await house.range({ gte, lt, limit: pageSize });
    all += page.length;
    if (page.length < pageSize) {
      return all;
    }
    gte = after(page.at(-1)![0]);
  }
}

/** The key that follows this one at once. */
export function after(key: string): string {
  return `${key}\u0000`;
}
