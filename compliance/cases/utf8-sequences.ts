/**
 * Groups 6.5 to 6.23: single texts at every edge of UTF-8 (RFC 3629; RFC 6455 §8.1). Each is a row
 * of bytes in hex; an exclamation mark before it says that it is not UTF-8, and that the connection
 * must fail.
 */
import { text } from '../frames.ts';
import { type Case, exchange, type Group, refusal, seenText } from '../script.ts';

const hello = hexOf('hello');
const world = hexOf('world');
/**
 * The Greek word kosme: letters of two, three, two, two and two bytes, since its accent is U+1F79.
 */
const kosme = 'cebae1bdb9cf83cebcceb5';
/** Starts of sequences whose last byte is missing: the least, then the greatest, of each length. */
const unfinished = 'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf'.split(
  ' ',
);

interface Rows {
  readonly name: string;
  readonly rows: readonly string[];
}

/** In the order of the list, beginning at 6.5. */
const sequences: readonly Rows[] = [
  {
    name: 'characters of one to four bytes',
    rows: [...['24', 'c2a2', 'e282ac', 'f0a4ada2'].map((each) => hello + each + world), kosme],
  },
  {
    name: 'every beginning of a word',
    rows: Array.from({ length: 11 }, (_, index) => {
      const isEndOfLetter = [2, 5, 7, 9, 11].includes(index + 1);
      return (isEndOfLetter ? '' : '!') + kosme.slice(0, 2 * (index + 1));
    }),
  },
  { name: 'the first character of each length', rows: ['00', 'c280', 'e0a080', 'f0908080'] },
  {
    name: 'the first of five and six bytes, which are none',
    rows: wrong('f888808080', 'fc8480808080'),
  },
  { name: 'the last character of each length', rows: ['7f', 'dfbf', 'efbfbf', 'f48fbfbf'] },
  {
    name: 'the last of four to six bytes, which are none',
    rows: wrong('f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'),
  },
  {
    name: 'the edges of the surrogates and of Unicode',
    rows: ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf', '!f4908080'],
  },
  {
    name: 'continuation bytes that continue nothing',
    rows: wrong(
      '80',
      'bf',
      '80bf',
      '80bf80',
      '80bf80bf',
      '80bf80bf80',
      '80bf80bf80bf',
      range(0x80, 0xbe).join(''),
    ),
  },
  {
    name: 'first bytes that begin nothing',
    rows: wrong(
      ...[range(0xc0, 0xde), range(0xe0, 0xee), range(0xf0, 0xf6), range(0xf8, 0xfa), ['fc']].map(
        (firsts) => firsts.map((first) => `${first}20`).join(''),
      ),
    ),
  },
  { name: 'sequences without their last byte', rows: wrong(...unfinished) },
  { name: 'all of those in a row', rows: wrong(unfinished.join('')) },
  { name: 'bytes that never occur', rows: wrong('fe', 'ff', 'fefeffff') },
  {
    name: 'a slash in more bytes than it needs',
    rows: wrong('c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'),
  },
  {
    name: 'the greatest character of each length in one byte more',
    rows: wrong('c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'),
  },
  {
    name: 'NUL in more bytes than it needs',
    rows: wrong('c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'),
  },
  {
    name: 'single surrogates',
    rows: wrong('eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'),
  },
  {
    name: 'pairs of surrogates',
    rows: wrong(
      ...['eda080', 'edadbf', 'edae80', 'edafbf'].flatMap((high) => [
        `${high}edb080`,
        `${high}edbfbf`,
      ]),
    ),
  },
  { name: 'code points that are no characters, and legal', rows: nonCharacters() },
  {
    name: 'specials, the replacement character among them',
    rows: ['b9', 'ba', 'bb', 'bc', 'bd', 'be', 'bf'].map((last) => `efbf${last}`),
  },
];

export const utf8Sequences: readonly Group[] = sequences.map(({ name, rows }, index) => {
  const id = `6.${index + 5}`;
  return {
    id,
    name: `${name} (§8.1)`,
    cases: rows.map((row, at) => asCase(`${id}.${at + 1}`, row)),
  };
});

function asCase(id: string, row: string): Case {
  const isWrong = row.startsWith('!');
  const hex = isWrong ? row.slice(1) : row;
  const payload = Buffer.from(hex, 'hex');
  const shown = hex.length > 40 ? `${hex.slice(0, 40)}…` : hex;
  return isWrong
    ? {
        id,
        title: `${shown} fails the connection`,
        script: () => refusal([text(payload)], [1007]),
      }
    : {
        id,
        title: `${shown} comes back`,
        script: () => exchange([text(payload)], [seenText(payload)]),
      };
}

function wrong(...rows: string[]): string[] {
  return rows.map((row) => `!${row}`);
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16));
}

/** The last two code points of every plane of Unicode. */
function nonCharacters(): string[] {
  return Array.from({ length: 17 }, (_, plane) => plane * 0x10000).flatMap((start) =>
    [0xfffe, 0xffff].map((last) => hexOf(String.fromCodePoint(start + last))),
  );
}

function hexOf(characters: string): string {
  return Buffer.from(characters).toString('hex');
}
