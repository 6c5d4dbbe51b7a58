/**
 * What the suite gives to be kept: values that a careless encoding loses, and names that a careless one confuses (THREATS D15).
 * In: nothing. Out: lists, and what of an entry is compared with them.
 */

export const jsonValues: readonly unknown[] = [
  null,
  false,
  0,
  -1.5,
  9_007_199_254_740_991,
  '',
  'line\r\nend\0, \u2028, 日本語, 😀, \\ and "',
  [],
  {},
  [[1, [2]], { a: { b: [null] } }],
  { type: 'Buffer', data: [1, 2] },
  'AAEC',
  JSON.parse('{"__proto__":{"admin":true},"constructor":1}'),
];

export const byteValues: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array([0]),
  new TextEncoder().encode('{"a":1}'),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  // A part of a larger whole.
  new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
];

/** All may name a channel. The longest have 200 bytes and differ at their very end. */
export const alike: readonly string[] = [
  'news',
  'News',
  'news:1',
  'news/1',
  'news.1',
  'news..1',
  'news-1',
  'news_1',
  'news+1',
  'news=1',
  'news,1',
  'news@1',
  'news~1',
  '~news',
  '~roster:news',
  '.',
  '..',
  '/',
  ':',
  '__proto__',
  'constructor',
  'é',
  'e',
  'é:1',
  'ニュース',
  'шум',
  '٣',
  '3',
  '0x33',
  'CON',
  'con',
  `${'n'.repeat(199)}1`,
  `${'n'.repeat(199)}2`,
  `${'語'.repeat(66)}1`,
  `${'語'.repeat(66)}12`,
];

export function withoutPlace(publication: object): object {
  const { offset: _, prev: __, ...rest } = publication as Record<string, unknown>;
  return rest;
}

export function idOf({ id }: { readonly id: string }): string {
  return id;
}

export function dataOf({ data }: { readonly data: unknown }): unknown {
  return data;
}

export function offsetOf({ offset }: { readonly offset: number }): number {
  return offset;
}
