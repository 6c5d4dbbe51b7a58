/**
 * Groups 2, 3 and 4: pings and pongs (RFC 6455 §5.5.2, §5.5.3), reserved bits and reserved opcodes
 * (§5.2).
 */
import { binary, close, type Frame, frame, opcodes, ping, pong, text } from '../frames.ts';
import type { Chop } from '../peer.ts';
import { type Case, exchange, type Group, refusal, seenPong, seenText } from '../script.ts';

const hello = 'Hello, world!';
const bytes = Buffer.from('00fffefdfcfb00ff', 'hex');
const longest = Buffer.alloc(125, 0xfe);
const tenPayloads = Array.from({ length: 10 }, (_, index) => `payload ${index}`);

function tenPings(chop: Chop) {
  return exchange(
    tenPayloads.map((payload) => ping(payload)),
    tenPayloads.map((payload) => seenPong(payload)),
    chop,
  );
}

const pings: Case[] = [
  {
    id: '2.1',
    title: 'an empty ping is answered with an empty pong',
    script: () => exchange([ping()], [seenPong('')]),
  },
  {
    id: '2.2',
    title: 'a ping with a text is answered with the same text',
    script: () => exchange([ping(hello)], [seenPong(hello)]),
  },
  {
    id: '2.3',
    title: 'a ping with bytes that are no text is answered with the same bytes',
    script: () => exchange([ping(bytes)], [seenPong(bytes)]),
  },
  {
    id: '2.4',
    title: 'a ping of 125 bytes is answered',
    script: () => exchange([ping(longest)], [seenPong(longest)]),
  },
  {
    id: '2.5',
    title: 'a ping of 126 bytes fails the connection',
    script: () => refusal([ping(Buffer.alloc(126, 0xfe))], [1002]),
  },
  {
    id: '2.6',
    title: 'a ping of 125 bytes that come one at a time is answered',
    script: () => exchange([ping(longest)], [seenPong(longest)], 1),
  },
  {
    id: '2.7',
    title: 'an empty pong that nobody asked for is passed over',
    script: () => exchange([pong()], []),
  },
  {
    id: '2.8',
    title: 'a pong with a payload that nobody asked for is passed over',
    script: () => exchange([pong('unasked')], []),
  },
  {
    id: '2.9',
    title: 'a ping after a pong that nobody asked for is answered',
    script: () => exchange([pong('unasked'), ping('asked')], [seenPong('asked')]),
  },
  {
    id: '2.10',
    title: 'ten pings are answered with ten pongs, in order',
    script: () => tenPings('none'),
  },
  {
    id: '2.11',
    title: 'ten pings that come one byte at a time are answered with ten pongs, in order',
    script: () => tenPings(1),
  },
];

/** A text that comes back, then the frame that must not be, then a ping that nobody may answer. */
function afterHello(wrong: Frame, chop: Chop = 'none') {
  return () => refusal([text(hello), wrong, ping()], [1002], { before: [seenText(hello)], chop });
}

const reservedBits: Case[] = [
  {
    id: '3.1',
    title: 'a text with RSV3 set fails the connection',
    script: () => refusal([text(hello, { reserved: 1 })], [1002]),
  },
  {
    id: '3.2',
    title: 'a text with RSV2 set fails the connection after the text before it came back',
    script: afterHello(text(hello, { reserved: 2 })),
  },
  {
    id: '3.3',
    title: 'a text with RSV2 and RSV3 set fails the connection, each frame in a write of its own',
    script: afterHello(text(hello, { reserved: 3 }), 'frames'),
  },
  {
    id: '3.4',
    title: 'a text with RSV1 set fails the connection, one byte at a time',
    script: afterHello(text(hello, { reserved: 4 }), 1),
  },
  {
    id: '3.5',
    title: 'a binary message with RSV1 and RSV3 set fails the connection',
    script: () => refusal([binary(bytes, { reserved: 5 })], [1002]),
  },
  {
    id: '3.6',
    title: 'a ping with RSV1 and RSV2 set fails the connection',
    script: () => refusal([frame(opcodes.ping, hello, { reserved: 6 })], [1002]),
  },
  {
    id: '3.7',
    title: 'a Close frame with every reserved bit set fails the connection',
    script: () => refusal([{ ...close(), reserved: 7 }], [1002]),
  },
];

function reservedOpcodes(group: string, first: number): Case[] {
  const at = (offset: number, payload = '') => frame(first + offset, payload);
  const title = (offset: number, how: string) =>
    `opcode ${first + offset} fails the connection${how}`;
  return [
    { id: `${group}.1`, title: title(0, ''), script: () => refusal([at(0)], [1002]) },
    {
      id: `${group}.2`,
      title: title(1, ', with a payload'),
      script: () => refusal([at(1, 'reserved')], [1002]),
    },
    {
      id: `${group}.3`,
      title: title(2, ' after the text before it came back'),
      script: afterHello(at(2)),
    },
    {
      id: `${group}.4`,
      title: title(3, ' after the text before it came back, with a payload'),
      script: afterHello(at(3, hello)),
    },
    {
      id: `${group}.5`,
      title: title(4, ' after the text before it came back, one byte at a time'),
      script: afterHello(at(4, hello), 1),
    },
  ];
}

export const control: readonly Group[] = [
  { id: '2', name: 'pings and pongs (§5.5.2, §5.5.3)', cases: pings },
  { id: '3', name: 'reserved bits (§5.2)', cases: reservedBits },
  { id: '4.1', name: 'reserved data opcodes (§5.2)', cases: reservedOpcodes('4.1', 3) },
  { id: '4.2', name: 'reserved control opcodes (§5.2)', cases: reservedOpcodes('4.2', 11) },
];
