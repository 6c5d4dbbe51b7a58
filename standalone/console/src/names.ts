/**
 * A name for each tab, kept while the tab lives.
 */
const firsts = [
  'Amber',
  'Brisk',
  'Coral',
  'Dusky',
  'Early',
  'Fern',
  'Golden',
  'Hazel',
  'Ivory',
  'Jade',
  'Lunar',
  'Misty',
  'Noble',
  'Olive',
  'Plum',
  'Quiet',
  'Rapid',
  'Silver',
  'Tidal',
  'Umber',
  'Violet',
  'Wild',
];
const seconds = [
  'Badger',
  'Crane',
  'Dolphin',
  'Egret',
  'Falcon',
  'Gecko',
  'Heron',
  'Ibex',
  'Jackdaw',
  'Kestrel',
  'Lynx',
  'Marten',
  'Newt',
  'Otter',
  'Puffin',
  'Quail',
  'Raven',
  'Swift',
  'Tern',
  'Urchin',
  'Vole',
  'Wren',
];

/** @param storage What lives as long as the tab. */
export function nameOfThisTab(
  storage: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
): string {
  const kept = storage.getItem('name');
  if (kept !== null) {
    return kept;
  }
  const [one, other] = crypto.getRandomValues(new Uint32Array(2));
  const name = `${firsts[one! % firsts.length]} ${seconds[other! % seconds.length]}`;
  storage.setItem('name', name);
  return name;
}

/** A hue from 0 to 359 that is the same wherever the name is shown. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const mark of name) {
    hash = (hash * 31 + mark.codePointAt(0)!) >>> 0;
  }
  // The golden angle: names that differ little get hues that differ much.
  return Math.floor((hash * 137.508) % 360);
}
