/**
 * Group 7: the closing handshake, what may follow it, and what may stand in a Close frame (RFC 6455
 * §5.5.1, §7).
 */
import { close, continuation, type Frame, ping, repeat, text } from '../frames.ts';
import {
  answered,
  type Case,
  type Ending,
  exchange,
  failed,
  type Group,
  seenText,
  send,
} from '../script.ts';

const hello = 'Hello, world!';
const stars = '*'.repeat(123);
/** Greek, a lone surrogate, ASCII. */
const notUtf8 = Buffer.concat([
  Buffer.from('cebae1bdb9cf83cebcceb5', 'hex'),
  Buffer.from('eda080', 'hex'),
  Buffer.from('edited'),
]);

/**
 * The codes that may stand in a Close frame, and some that may not, as the list has them (§7.4).
 */
const legal = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const illegal = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

/** The frames, one of which is a Close, and no event but the end. */
function onlyEnds(frames: readonly Frame[], ending: Ending) {
  return () => ({ steps: [send(frames)], events: [], ending });
}

const basics: Case[] = [
  {
    id: '7.1.1',
    title: 'a text comes back before the closing handshake',
    script: () => exchange([text(hello)], [seenText(hello)]),
  },
  {
    id: '7.1.2',
    title: 'a second Close frame is passed over',
    script: onlyEnds([close(1000), close()], answered(1000)),
  },
  {
    id: '7.1.3',
    title: 'a ping after the Close frame is not answered',
    script: onlyEnds([close(1000), ping()], answered(1000)),
  },
  {
    id: '7.1.4',
    title: 'a text after the Close frame does not come back',
    script: onlyEnds([close(1000), text(hello)], answered(1000)),
  },
  {
    id: '7.1.5',
    title: 'a message that a Close frame cuts short does not come back',
    script: onlyEnds(
      [text('first, ', { final: false }), close(1000), continuation('second.')],
      answered(1000),
    ),
  },
  {
    id: '7.1.6',
    title: 'a text of 256 KiB, another, a Close frame and a ping at once: the connection ends',
    informational: true,
    script: () => ({
      steps: [send([text(repeat('0123456789', 262_144)), text(hello), close(1000), ping()])],
      events: [],
      ending: answered(1000),
    }),
  },
];

const bodies: Case[] = [
  {
    id: '7.3.1',
    title: 'a Close frame without a body is answered',
    script: onlyEnds([close()], answered(1000, undefined)),
  },
  {
    id: '7.3.2',
    title: 'a Close frame with a body of one byte is a protocol error',
    script: onlyEnds([close(undefined, 'a')], failed(1002)),
  },
  {
    id: '7.3.3',
    title: 'a Close frame with a code alone is answered',
    script: onlyEnds([close(1000)], answered(1000)),
  },
  {
    id: '7.3.4',
    title: 'a Close frame with a reason is answered',
    script: onlyEnds([close(1000, hello)], answered(1000)),
  },
  {
    id: '7.3.5',
    title: 'a Close frame with a reason of 123 bytes is answered',
    script: onlyEnds([close(1000, stars)], answered(1000)),
  },
  {
    id: '7.3.6',
    title: 'a Close frame with a reason of 124 bytes is a protocol error',
    script: onlyEnds([close(1000, `${stars}*`)], failed(1002)),
  },
];

const open: Case[] = [5000, 65_535].map((code, index) => ({
  id: `7.13.${index + 1}`,
  title: `close code ${code}, of which the standard says nothing: the connection ends`,
  informational: true,
  script: onlyEnds([close(code)], answered(code)),
}));

export const closing: readonly Group[] = [
  { id: '7.1', name: 'the closing handshake (§7.1)', cases: basics },
  { id: '7.3', name: 'the body of a Close frame (§5.5.1)', cases: bodies },
  {
    id: '7.5',
    name: 'the reason (§5.5.1)',
    cases: [
      {
        id: '7.5.1',
        title: 'a reason that is not UTF-8 fails the connection',
        script: onlyEnds([close(1000, notUtf8)], failed(1002, 1007)),
      },
    ],
  },
  {
    id: '7.7',
    name: 'close codes that may travel (§7.4)',
    cases: legal.map((code, index) => ({
      id: `7.7.${index + 1}`,
      title: `close code ${code} is answered`,
      script: onlyEnds([close(code)], answered(1000, code)),
    })),
  },
  {
    id: '7.9',
    name: 'close codes that may not travel (§7.4)',
    cases: illegal.map((code, index) => ({
      id: `7.9.${index + 1}`,
      title: `close code ${code} is a protocol error`,
      script: onlyEnds([close(code)], failed(1002)),
    })),
  },
  { id: '7.13', name: 'close codes beyond the ranges (§7.4.2)', cases: open },
];
