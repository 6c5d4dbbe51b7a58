/**
 * Groups T.9 to T.12: what groups 12 and 13 leave out. Every kind of block, last blocks in the middle of a message, RSV1 where it may
 * not be, payloads that are no DEFLATE, each size of window, and offers of which only the second can be taken.
 */
import { close, continuation, type Frame, frame, opcodes, ping, text } from '../frames.ts';
import type { Opening } from '../peer.ts';
import { samples } from '../samples.ts';
import {
  type Case,
  exchange,
  type Group,
  refusal,
  type Script,
  seenPong,
  seenText,
} from '../script.ts';
import { volley } from './compression.ts';

const deflate: NonNullable<Opening['deflate']> = {
  offer: 'permessage-deflate; client_max_window_bits',
  answer: 'permessage-deflate',
};

type Row = readonly [title: string, script: () => Script];

function numbered(group: string, rows: readonly Row[], opening: Opening = { deflate }): Case[] {
  return rows.map(([title, script], index) => ({
    id: `${group}.${index + 1}`,
    title,
    opening,
    script,
  }));
}

const compressed = { reserved: 4 };
const first = { reserved: 4, final: false };

function hex(payload: string): Buffer {
  return Buffer.from(payload.replaceAll(' ', ''), 'hex');
}

function deflated(payload: string): Frame {
  return text(hex(payload), compressed);
}

/** `Hello`, as RFC 7692 §7.2.3 has it in its examples. */
const hello = 'f2 48 cd c9 c9 07 00';
const helloAgain = 'f2 00 11 00 00';
const helloTwice = [seenText('Hello'), seenText('Hello')];

const blocks = numbered('T.9', [
  ['one block', () => exchange([deflated(hello)], [seenText('Hello')])],
  [
    'one block in two frames, with a ping between them',
    () =>
      exchange(
        [text(hex('f2 48 cd'), first), ping('between'), continuation(hex('c9 c9 07 00'))],
        [seenPong('between'), seenText('Hello')],
      ),
  ],
  [
    'one block in a frame for each byte, and empty ones',
    () =>
      exchange(
        [
          text('', first),
          ...[...hex(hello)].map((byte) => continuation(Buffer.of(byte), { final: false })),
          continuation(''),
        ],
        [seenText('Hello')],
      ),
  ],
  [
    'a second message that refers to the first (§7.2.3.2)',
    () => exchange([deflated(hello), deflated(helloAgain)], helloTwice),
  ],
  [
    'a message between them that is not compressed, and is not referred to',
    () =>
      exchange(
        [deflated(hello), text('jelly'), deflated(helloAgain)],
        [seenText('Hello'), seenText('jelly'), seenText('Hello')],
      ),
  ],
  [
    'a block without compression (§7.2.3.3)',
    () => exchange([deflated('00 05 00 fa ff 48 65 6c 6c 6f 00')], [seenText('Hello')]),
  ],
  [
    'a block with BFINAL (§7.2.3.4)',
    () => exchange([deflated('f3 48 cd c9 c9 07 00 00')], [seenText('Hello')]),
  ],
  [
    'a message after one with BFINAL',
    () => exchange([deflated('f3 48 cd c9 c9 07 00 00'), deflated(hello)], helloTwice),
  ],
  [
    'a message after one with BFINAL that refers to it',
    () => exchange([deflated('f3 48 cd c9 c9 07 00 00'), deflated(helloAgain)], helloTwice),
  ],
  [
    'two blocks with BFINAL and one without, in one message',
    () =>
      exchange(
        [deflated(`f3 48 cd c9 c9 07 00  f3 48 cd c9 c9 07 00  ${hello}`)],
        [seenText('HelloHelloHello')],
      ),
  ],
  [
    'two blocks in one message (§7.2.3.5)',
    () => exchange([deflated('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')], [seenText('Hello')]),
  ],
  ['an empty message (§7.2.3.6)', () => exchange([deflated('00')], [seenText('')])],
  [
    'an empty message of many empty blocks',
    () => exchange([deflated(`${'00 00 00 ff ff '.repeat(20)}00`)], [seenText('')]),
  ],
  [
    'an empty message, and one that refers past it',
    () =>
      exchange(
        [deflated(hello), deflated('00'), deflated(helloAgain)],
        [seenText('Hello'), seenText(''), seenText('Hello')],
      ),
  ],
]);

const wrong = numbered('T.10', [
  [
    'RSV1 on a continuation',
    () =>
      refusal([text(hex('f2 48 cd'), first), continuation(hex('c9 c9 07 00'), compressed)], [1002]),
  ],
  ['RSV1 on a ping', () => refusal([frame(opcodes.ping, 'hi', compressed)], [1002])],
  ['RSV1 on a pong', () => refusal([frame(opcodes.pong, 'hi', compressed)], [1002])],
  ['RSV1 on a Close', () => refusal([{ ...close(1000), reserved: 4 }], [1002])],
  ['RSV1 and RSV2', () => refusal([text(hex(hello), { reserved: 6 })], [1002])],
  ['RSV3', () => refusal([text('Hello', { reserved: 1 })], [1002])],
  ['bytes that are no DEFLATE', () => refusal([deflated('ff ff ff ff')], [1007])],
  ['a payload that was cut short', () => refusal([deflated('f2 48 cd')], [1007])],
  [
    'a payload whose last four bytes are there',
    () => refusal([deflated(`${hello} 00 00 ff ff`)], [1007]),
  ],
  ['a reference to what was before everything', () => refusal([deflated(helloAgain)], [1007])],
  [
    'a text that is not UTF-8 when it is inflated',
    () => refusal([deflated('00 01 00 fe ff ff 00')], [1007]),
  ],
]);

/** The subject's window. That of the peer is 15 bits. */
function windowOf(bits: number): Opening {
  return {
    deflate: {
      offer: `permessage-deflate; server_max_window_bits=${bits}`,
      answer: `permessage-deflate; client_max_window_bits=${bits}`,
    },
  };
}

const windows: Case[] = [8, 9, 10, 11, 12, 13, 14, 15].map((bits, index) => ({
  id: `T.11.${index + 1}`,
  title: `no reference of the subject's reaches beyond a window of ${bits} bits`,
  opening: windowOf(bits),
  script: () => volley(samples[0]!, 40_000, 0),
}));

/** What a server must decline (§7.1). */
const declined = [
  'permessage-deflate; server_max_window_bits',
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; server_max_window_bits=1000',
  'permessage-deflate; server_max_window_bits=08',
  'permessage-deflate; client_max_window_bits=0',
  'permessage-deflate; client_max_window_bits; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover=1',
  'permessage-deflate; faster',
  'permessage-bzip2',
  'x-webkit-deflate-frame',
];

const offers: Case[] = declined.flatMap((offer, index) => [
  {
    id: `T.12.${index * 2 + 1}`,
    title: `${offer}: the offer behind it is taken`,
    opening: { deflate: { ...deflate, offer: `${offer}, ${deflate.offer}` } },
    script: () => volley(samples[0]!, 256 * 1024, 0),
  },
  {
    id: `T.12.${index * 2 + 2}`,
    title: `${offer}: with no other, nothing is compressed`,
    opening: { deflate: { offer, answer: undefined } },
    script: () => exchange([text('a'.repeat(2000))], [seenText('a'.repeat(2000))]),
  },
]);

export const oursCompressed: readonly Group[] = [
  { id: 'T.9', name: 'kinds of blocks (RFC 7692 §7.2.3)', cases: blocks },
  { id: 'T.10', name: 'compressed messages that are wrong (RFC 7692 §6, §7.2.2)', cases: wrong },
  { id: 'T.11', name: 'sizes of windows (RFC 7692 §7.1.2)', cases: windows },
  { id: 'T.12', name: 'offers that cannot be taken (RFC 7692 §7.1)', cases: offers },
];
