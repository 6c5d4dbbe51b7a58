/**
 * Group 5: messages in fragments, with control frames between them, and fragments of nothing (RFC
 * 6455 §5.4).
 */
import { continuation, type Frame, frame, opcodes, ping, text } from '../frames.ts';
import type { Chop } from '../peer.ts';
import {
  type Case,
  closedByPeer,
  exchange,
  type Group,
  refusal,
  type Script,
  seenPong,
  seenText,
  send,
} from '../script.ts';

const open = { final: false };
const [one, two, three, four, five] = ['first, ', 'second, ', 'third, ', 'fourth, ', 'fifth.'];
const whole = seenText(`${one}${two}`);

/** The three ways in which the list sends the same frames. */
const ways: readonly { chop: Chop; how: string }[] = [
  { chop: 'none', how: 'in one write' },
  { chop: 'frames', how: 'each frame in a write of its own' },
  { chop: 1, how: 'one byte at a time' },
];

function threeWays(firstNumber: number, title: string, script: (chop: Chop) => Script): Case[] {
  return ways.map(({ chop, how }, index) => ({
    id: `5.${firstNumber + index}`,
    title: `${title}, ${how}`,
    script: () => script(chop),
  }));
}

/** A continuation where no message is open, then a whole text that must not come back. */
function nothingToContinue(final: boolean, chop: Chop): Script {
  return refusal([continuation('of nothing', { final }), text('too late')], [1002], { chop });
}

/** Twice: a continuation of nothing, then a good message in two fragments. */
function twiceNothing(final: boolean): Script {
  const round: Frame[] = [continuation(one!, { final }), text(two!, open), continuation(three!)];
  return refusal([...round, ...round], [1002]);
}

/**
 * Five fragments and two pings: the first ping must be answered before the fourth fragment has even
 * left.
 */
function pingsBetween(chop: Chop): Script {
  return {
    steps: [
      send([text(one!, open), continuation(two!, open), ping('now')], chop),
      { do: 'await', events: 1 },
      send(
        [
          continuation(three!, open),
          continuation(four!, open),
          ping('and now'),
          continuation(five!),
        ],
        chop,
      ),
    ],
    events: [
      seenPong('now'),
      seenPong('and now'),
      seenText([one, two, three, four, five].join('')),
    ],
    ending: closedByPeer,
  };
}

export const fragmentation: readonly Group[] = [
  {
    id: '5',
    name: 'fragmentation (§5.4)',
    cases: [
      {
        id: '5.1',
        title: 'a ping in two fragments fails the connection',
        script: () => refusal([frame(opcodes.ping, one, open), continuation(two!)], [1002]),
      },
      {
        id: '5.2',
        title: 'a pong in two fragments fails the connection',
        script: () => refusal([frame(opcodes.pong, one, open), continuation(two!)], [1002]),
      },
      ...threeWays(3, 'a text in two fragments comes back whole', (chop) =>
        exchange([text(one!, open), continuation(two!)], [whole], chop),
      ),
      ...threeWays(6, 'a ping between two fragments is answered before the text', (chop) =>
        exchange(
          [text(one!, open), ping('between'), continuation(two!)],
          [seenPong('between'), whole],
          chop,
        ),
      ),
      ...threeWays(9, 'a last continuation of nothing fails the connection', (chop) =>
        nothingToContinue(true, chop),
      ),
      ...threeWays(
        12,
        'a continuation of nothing that promises more fails the connection',
        (chop) => nothingToContinue(false, chop),
      ),
      {
        id: '5.15',
        title: 'a continuation after a message has ended fails the connection',
        script: () =>
          refusal(
            [text(one!, open), continuation(two!), continuation(three!, open), text(four!)],
            [1002],
            { before: [whole] },
          ),
      },
      {
        id: '5.16',
        title: 'a continuation of nothing that promises more fails it, whatever follows',
        script: () => twiceNothing(false),
      },
      {
        id: '5.17',
        title: 'a last continuation of nothing fails it, whatever follows',
        script: () => twiceNothing(true),
      },
      {
        id: '5.18',
        title: 'a second text inside an open text fails the connection',
        script: () => refusal([text(one!, open), text(two!)], [1002]),
      },
      {
        id: '5.19',
        title: 'pings inside an open text are answered at once, and the text comes back whole',
        script: () => pingsBetween('none'),
      },
      {
        id: '5.20',
        title: 'the same holds with each frame in a write of its own',
        script: () => pingsBetween('frames'),
      },
    ],
  },
];
