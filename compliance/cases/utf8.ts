/**
 * Groups 6.1 to 6.4: text in fragments, cut inside a character, and refused at the first wrong byte
 * (RFC 6455 §8.1).
 */
import { continuation, encode, fragments, opcodes, text } from '../frames.ts';
import type { Role } from '../peer.ts';
import {
  type Case,
  exchange,
  failed,
  type Group,
  patience,
  raw,
  refusal,
  type Script,
  type Step,
  seenText,
  send,
  stillOpen,
} from '../script.ts';

const open = { final: false };
const boundary = ['Hello-µ@ßöä', 'üàá-UTF-8!!'] as const;
const kosme = Buffer.from('cebae1bdb9cf83cebcceb5', 'hex');
/** Greek, a lone surrogate, ASCII: wrong at its thirteenth byte. */
const surrogate = Buffer.concat([kosme, Buffer.from('eda080', 'hex'), Buffer.from('edited')]);
/** Greek, a code point above U+10FFFF, ASCII: wrong at its thirteenth byte. */
const tooHigh = Buffer.concat([kosme, Buffer.from('f4908080', 'hex'), Buffer.from('edited')]);

const empties: Case[] = [
  {
    id: '6.1.1',
    title: 'an empty text comes back empty',
    script: () => exchange([text('')], [seenText('')]),
  },
  {
    id: '6.1.2',
    title: 'a text of three empty fragments comes back empty',
    script: () =>
      exchange([text('', open), continuation('', open), continuation('')], [seenText('')]),
  },
  {
    id: '6.1.3',
    title: 'a text between two empty fragments comes back',
    script: () =>
      exchange(
        [text('', open), continuation('between', open), continuation('')],
        [seenText('between')],
      ),
  },
];

const cut: Case[] = [
  {
    id: '6.2.1',
    title: 'a text with characters of two bytes comes back',
    script: () => exchange([text(boundary.join(''))], [seenText(boundary.join(''))]),
  },
  {
    id: '6.2.2',
    title: 'a text cut between two characters comes back whole',
    script: () =>
      exchange([text(boundary[0], open), continuation(boundary[1])], [seenText(boundary.join(''))]),
  },
  {
    id: '6.2.3',
    title: 'a text in fragments of one byte comes back whole',
    script: () => {
      const payload = Buffer.from(boundary.join(''));
      return exchange(fragments(opcodes.text, payload, 1), [seenText(payload)]);
    },
  },
  {
    id: '6.2.4',
    title: 'a Greek word in fragments of one byte comes back whole',
    script: () => exchange(fragments(opcodes.text, kosme, 1), [seenText(kosme)]),
  },
];

const invalid: Case[] = [
  {
    id: '6.3.1',
    title: 'a text with a lone surrogate fails the connection',
    script: () => refusal([text(surrogate)], [1007]),
  },
  {
    id: '6.3.2',
    title: 'a text with a lone surrogate in fragments of one byte fails the connection',
    script: () => refusal(fragments(opcodes.text, surrogate, 1), [1007]),
  },
];

/**
 * Three parts, of which the second makes the text wrong. The first must pass; at the second the
 * connection must fail. A subject that waits for the end of the message gets the third part, and is
 * told apart.
 */
function atOnce(good: Step, wrong: Step, rest: Step): Script {
  return {
    steps: [good, patience(50), wrong, patience(1000), rest],
    events: [stillOpen],
    tolerated: [stillOpen, stillOpen],
    ending: failed(1007),
  };
}

function inFragments(first: number, second: number): Script {
  return atOnce(
    send([text(tooHigh.subarray(0, first), open)]),
    send([continuation(tooHigh.subarray(first, second), open)]),
    send([continuation(tooHigh.subarray(second))]),
  );
}

function inOneFrame(role: Role, first: number, second: number): Script {
  const bytes = encode([text(tooHigh)], role === 'server');
  const header = bytes.length - tooHigh.length;
  return atOnce(
    raw(bytes.subarray(0, header + first)),
    raw(bytes.subarray(header + first, header + second)),
    raw(bytes.subarray(header + second)),
  );
}

const failFast: Case[] = [
  {
    id: '6.4.1',
    title: 'a fragment with a wrong character fails the connection before the message ends',
    script: () => inFragments(11, 15),
  },
  {
    id: '6.4.2',
    title: 'a fragment of one wrong byte fails the connection before the message ends',
    script: () => inFragments(12, 13),
  },
  {
    id: '6.4.3',
    title: 'a wrong character in a frame that has not ended fails the connection',
    script: (role) => inOneFrame(role, 11, 15),
  },
  {
    id: '6.4.4',
    title: 'one wrong byte in a frame that has not ended fails the connection',
    script: (role) => inOneFrame(role, 12, 13),
  },
];

export const utf8: readonly Group[] = [
  { id: '6.1', name: 'empty fragments of text (§5.4)', cases: empties },
  { id: '6.2', name: 'valid UTF-8, cut anywhere (§8.1)', cases: cut },
  { id: '6.3', name: 'invalid UTF-8 (§8.1)', cases: invalid },
  { id: '6.4', name: 'invalid UTF-8 is refused as it comes (§8.1)', cases: failFast },
];
