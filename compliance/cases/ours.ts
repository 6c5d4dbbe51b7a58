/**
 * Groups T: what the list leaves out. Empty continuations, the whole table of close codes, lengths
 * that lie, masks, ends of texts, frames that come with the handshake, and every small case of the
 * list one byte at a time.
 */
import {
  binary,
  close,
  continuation,
  type Frame,
  fragments,
  frame,
  opcodes,
  ping,
  text,
} from '../frames.ts';
import type { Opening } from '../peer.ts';
import {
  answered,
  type Case,
  exchange,
  failed,
  type Group,
  refusal,
  type Script,
  seenBinary,
  seenPong,
  seenText,
  send,
} from '../script.ts';

const open = { final: false };
const nothing = Buffer.alloc(0);

function numbered(group: string, rows: readonly Omit<Case, 'id'>[]): Case[] {
  return rows.map((row, index) => ({ id: `${group}.${index + 1}`, ...row }));
}

function empties(count: number): Frame[] {
  return Array.from({ length: count }, () => continuation('', open));
}

const emptyContinuations = numbered('T.1', [
  {
    title: 'a text around a thousand empty continuations comes back whole',
    script: () =>
      exchange([text('be', open), ...empties(1000), continuation('gin')], [seenText('begin')]),
  },
  {
    title: 'a binary message of a thousand empty continuations comes back empty',
    script: () =>
      exchange([binary(nothing, open), ...empties(999), continuation('')], [seenBinary(nothing)]),
  },
  {
    title: 'a ping between empty continuations is answered before the message',
    script: () =>
      exchange(
        [text('', open), ...empties(10), ping('between'), ...empties(10), continuation('')],
        [seenPong('between'), seenText('')],
      ),
  },
  {
    title: 'a character whose four bytes lie between empty continuations comes back',
    script: () => {
      const lion = Buffer.from('🦁');
      const [first, ...rest] = fragments(opcodes.text, lion, 1);
      const padded = rest.flatMap((each) => [...empties(3), each]);
      return exchange([first!, ...padded], [seenText(lion)]);
    },
  },
  {
    title: 'a message of 65,537 empty fragments fails the connection',
    script: () => refusal([binary(nothing, open), ...empties(65_536)], [1008, 1009]),
  },
]);

/** RFC 6455 §7.4.1 and the IANA registry: may the code stand in a Close frame? */
const codeTable: readonly (readonly [code: number, travels: boolean])[] = [
  ...[1000, 1001, 1002, 1003].map((code) => [code, true] as const),
  ...[1004, 1005, 1006].map((code) => [code, false] as const),
  ...[1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].map((code) => [code, true] as const),
  ...[0, 1, 999, 1015, 1016, 1999, 2000, 2999].map((code) => [code, false] as const),
  ...[3000, 3999, 4000, 4999].map((code) => [code, true] as const),
];

const closeCodes = numbered(
  'T.2',
  codeTable.map(([code, travels]) => ({
    title: travels ? `close code ${code} is answered with itself` : `close code ${code} fails it`,
    script: (): Script => ({
      steps: [send([close(code, 'so it is')])],
      events: [],
      ending: travels ? answered(code) : failed(1002),
    }),
  })),
);

/** A header that announces `length` bytes, none of which follow. */
function announcing(length: bigint, opcode: number = opcodes.binary): Frame {
  return frame(opcode, '', { lengthBits: 64, announced: length });
}

const lengths = numbered('T.3', [
  {
    title: 'a length of 2^63 fails the connection with 1002',
    script: () => refusal([announcing(2n ** 63n)], [1002]),
  },
  {
    title: 'a length of 2^64 - 1 fails the connection with 1002',
    script: () => refusal([announcing(2n ** 64n - 1n)], [1002]),
  },
  {
    title: 'a text of 2^62 bytes is refused with 1009 when its header is read',
    script: () => refusal([announcing(2n ** 62n, opcodes.text)], [1009]),
  },
  {
    title: 'a message one byte over 16 MiB is refused with 1009 when its header is read',
    script: () => refusal([announcing(2n ** 24n + 1n)], [1009]),
  },
  {
    title: 'a continuation that would make a message too large is refused with 1009',
    script: () => refusal([text('a', open), announcing(2n ** 24n, opcodes.continuation)], [1009]),
  },
  {
    title: 'a ping that announces 2^63 bytes fails the connection with 1002',
    script: () => refusal([announcing(2n ** 63n, opcodes.ping)], [1002]),
  },
]);

const longForms: readonly { bytes: number; bits: 16 | 64 }[] = [
  { bytes: 0, bits: 16 },
  { bytes: 125, bits: 16 },
  { bytes: 0, bits: 64 },
  { bytes: 125, bits: 64 },
  { bytes: 126, bits: 64 },
  { bytes: 65_535, bits: 64 },
];

const notMinimal = numbered('T.4', [
  ...longForms.map(({ bytes, bits }) => ({
    title: `a length of ${bytes} in ${bits} bits fails the connection`,
    script: () => refusal([binary(Buffer.alloc(bytes), { lengthBits: bits })], [1002]),
  })),
  {
    title: 'a ping of 5 bytes with a length in 16 bits fails the connection',
    script: () => refusal([frame(opcodes.ping, 'five.', { lengthBits: 16 })], [1002]),
  },
]);

/** Frames that leave with the handshake; nothing is sent after it. */
function early(
  title: string,
  frames: readonly Frame[],
  rest: Omit<Script, 'steps'>,
  chop: Opening['chop'] = 'none',
): Omit<Case, 'id'> {
  return { title, opening: { early: frames, chop }, script: () => ({ steps: [], ...rest }) };
}

const normally = { peerCloses: true, codes: [1000], orderly: true };
const both = { events: [seenText('at once'), seenPong('here')], ending: normally };

const withHandshake = numbered('T.5', [
  early('frames in the segment of the handshake are read', [text('at once'), ping('here')], both),
  early(
    'a frame in the segment of the handshake that is wrong fails the connection',
    [text('at once', { reserved: 4 })],
    { events: [], ending: failed(1002) },
  ),
  early('a Close frame in the segment of the handshake is answered', [close(1000)], {
    events: [],
    ending: answered(1000),
  }),
  early(
    'a handshake and frames that come one byte at a time are read',
    [text('at once'), ping('here')],
    both,
    1,
  ),
]);

const masks = numbered('T.6', [
  {
    title: 'a text fails the connection when it is masked by a server, or is not by a client',
    script: () => refusal([text('masked?', { wrongMask: true })], [1002]),
  },
  {
    title: 'so does an empty ping',
    script: () => refusal([frame(opcodes.ping, '', { wrongMask: true })], [1002]),
  },
  {
    title: 'so does the second fragment of a text that began well',
    script: () => refusal([text('well', open), continuation('ill', { wrongMask: true })], [1002]),
  },
]);

const half = Buffer.from('e282', 'hex');

const textEnds = numbered('T.7', [
  {
    title: 'a text in fragments that ends inside a character fails the connection',
    script: () => refusal([text('a', open), continuation(half)], [1007]),
  },
  {
    title: 'an empty last fragment does not finish half a character',
    script: () => refusal([text(half, open), continuation('')], [1007]),
  },
  {
    title: 'half a character of one text is not finished by the next',
    script: () => refusal([text(half), text(Buffer.of(0xac))], [1007]),
  },
  {
    title: 'a character that a ping divides comes back whole',
    script: () =>
      exchange(
        [text(half, open), ping(half), continuation(Buffer.of(0xac))],
        [seenPong(half), seenText('€')],
      ),
  },
]);

/** Larger than a few kilobytes: for these, one of each kind stands for all. */
const tooLong =
  /^(12\.(?!1\.1$)|13\.(?!5\.1$)|9\.[1-6]\.|9\.[78]\.[^2]|7\.1\.6|1\.1\.[78]|1\.2\.[678])/;

/** The cases of the list again, each byte in a write of its own: at least one of each group. */
export function byteByByte(list: readonly Group[]): Group {
  const cases = list
    .flatMap((group) => group.cases)
    .filter(({ id }) => !tooLong.test(id))
    .map((each) => ({ ...each, id: `T.8/${each.id}`, chop: 1 as const }));
  return { id: 'T.8', name: 'the list, one byte at a time (§5.2)', cases };
}

export const ours: readonly Group[] = [
  { id: 'T.1', name: 'empty continuations (§5.4)', cases: emptyContinuations },
  { id: 'T.2', name: 'the table of close codes (§7.4)', cases: closeCodes },
  { id: 'T.3', name: 'lengths beyond measure (§5.2, §10.4)', cases: lengths },
  { id: 'T.4', name: 'lengths not in their shortest form (§5.2)', cases: notMinimal },
  { id: 'T.5', name: 'frames that come with the handshake (§4.1)', cases: withHandshake },
  { id: 'T.6', name: 'masks (§5.1)', cases: masks },
  { id: 'T.7', name: 'where a text ends (§8.1)', cases: textEnds },
];
