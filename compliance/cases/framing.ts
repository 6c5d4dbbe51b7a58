/**
 * Groups 1.1 and 1.2, and 10.1: messages of every length of header come back as they were (RFC 6455
 * §5.2, §5.6).
 */
import { type Frame, fragments, frame, opcodes, repeat } from '../frames.ts';
import type { Chop } from '../peer.ts';
import type { Event } from '../reader.ts';
import { type Case, exchange, type Group, seenBinary, seenText } from '../script.ts';

interface Size {
  readonly bytes: number;
  readonly chop?: Chop;
}

/** The ends of the three forms of length; the last one in pieces that fit nothing. */
const sizes: readonly Size[] = [
  { bytes: 0 },
  { bytes: 125 },
  { bytes: 126 },
  { bytes: 127 },
  { bytes: 128 },
  { bytes: 65_535 },
  { bytes: 65_536 },
  { bytes: 65_536, chop: 997 },
];

function echoes(
  group: string,
  kind: string,
  pair: (payload: Buffer) => [Frame, Event],
  fill: string | Buffer,
): Case[] {
  return sizes.map(({ bytes, chop }, index) => ({
    id: `${group}.${index + 1}`,
    title: `a ${kind} message of ${bytes} bytes comes back${chop ? `, ${chop} at a time` : ''}`,
    script: () => {
      const [sent, seen] = pair(repeat(fill, bytes));
      return exchange([sent], [seen], chop);
    },
  }));
}

export const framing: readonly Group[] = [
  {
    id: '1.1',
    name: 'text messages (§5.6)',
    cases: echoes('1.1', 'text', (all) => [frame(opcodes.text, all), seenText(all)], '*'),
  },
  {
    id: '1.2',
    name: 'binary messages (§5.6)',
    cases: echoes(
      '1.2',
      'binary',
      (all) => [frame(opcodes.binary, all), seenBinary(all)],
      Buffer.of(0xfe),
    ),
  },
];

export const automaticFragments: readonly Group[] = [
  {
    id: '10.1',
    name: 'a message cut by its sender (§5.4)',
    cases: [
      {
        id: '10.1.1',
        title: 'a text of 65,536 bytes in fragments of 1,300 comes back whole',
        script: () => {
          const payload = repeat('*', 65_536);
          return exchange(fragments(opcodes.text, payload, 1300), [seenText(payload)]);
        },
      },
    ],
  },
];
