/** What a peer can send, right and wrong, in both roles. */
import {
  closed,
  closeFrame,
  type Frame,
  type Library,
  type Scenario,
  type Stage,
} from './bench.ts';

const roles = ['server', 'client'] as const;
type Role = (typeof roles)[number];

async function meet(role: Role, lib: Library, stage: Stage, options: object = {}) {
  return role === 'server'
    ? await stage.serverAndPeer(lib, options)
    : await stage.clientAndPeer(lib, options);
}

/** Frames after which the connection ends, by whomever. */
const ends: Readonly<Record<string, readonly Frame[]>> = {
  'RSV1 is set': [{ first: 0xc1, payload: 'a' }],
  'RSV2 is set': [{ first: 0xa1, payload: 'a' }],
  'RSV1 and RSV3 are set': [{ first: 0xd1, payload: 'a' }],
  'opcode 3': [{ first: 0x83 }],
  'opcode 11': [{ first: 0x8b }],
  'a continuation of nothing': [{ first: 0x80, payload: 'a' }],
  'a text inside a text': [
    { first: 0x01, payload: 'a' },
    { first: 0x81, payload: 'b' },
  ],
  'a binary message inside a text': [
    { first: 0x01, payload: 'a' },
    { first: 0x82, payload: 'b' },
  ],
  'a ping in fragments': [{ first: 0x09, payload: 'a' }],
  'a ping of 126 bytes': [{ first: 0x89, payload: 'a'.repeat(126) }],
  'a Close body of one byte': [{ first: 0x88, payload: 'a' }],
  'close code 1005': [closeFrame(1005)],
  'close code 999': [closeFrame(999)],
  'close code 5000': [closeFrame(5000)],
  'a close reason that is no UTF-8': [{ first: 0x88, payload: Buffer.from([3, 232, 0xff]) }],
  'a text that is no UTF-8': [{ first: 0x81, payload: Buffer.from([0x61, 0xc0, 0x80]) }],
  'a text of which half a character is missing': [
    { first: 0x81, payload: Buffer.from([0xe2, 0x82]) },
  ],
  'a text that is no UTF-8, in pieces': [
    { first: 0x01, payload: 'ok' },
    { first: 0x80, payload: Buffer.from([0xff]) },
  ],
  'good messages, then a bad frame': [
    { payload: 'one' },
    { first: 0x82, payload: 'two' },
    { first: 0x8f },
    { payload: 'never told' },
  ],
  'a length above 2^53': [{ first: 0x82, length: Buffer.from([127, 0, 0x20, 0, 0, 0, 0, 0, 0]) }],
  'a length with its highest bit': [
    { first: 0x82, length: Buffer.from([127, 0x80, 0, 0, 0, 0, 0, 0, 1]) },
  ],
  'a length that is not in its shortest form': [
    { first: 0x81, length: Buffer.from([126, 0, 1]), payload: 'a' },
    closeFrame(1000),
  ],
  'a Close without a body': [closeFrame()],
  'a Close with code and reason': [closeFrame(3001, 'därum')],
  'frames behind a Close': [closeFrame(1000, 'end'), { payload: 'never told' }, closeFrame(1001)],
};

const whole: Readonly<Record<string, readonly Frame[]>> = {
  'texts and binary messages': [
    { payload: 'hello €' },
    { first: 0x82, payload: Buffer.from([0, 1, 255]) },
    { payload: '' },
    { first: 0x82 },
  ],
  'messages in fragments, with a ping between': [
    { first: 0x01, payload: 'a' },
    { first: 0x00 },
    { first: 0x89, payload: 'now' },
    { first: 0x00, payload: 'b' },
    { first: 0x80, payload: 'c' },
    { first: 0x02, payload: Buffer.from([1]) },
    { first: 0x80, payload: Buffer.from([2]) },
  ],
  'messages of 125, 126, 65535 and 65536 bytes': [125, 126, 65_535, 65_536].map((length) => ({
    first: 0x82,
    payload: Buffer.alloc(length, 'x'),
  })),
  'a pong that nobody asked for': [{ first: 0x8a, payload: 'hi' }],
  'pings, each answered': [{ first: 0x89, payload: '1' }, { first: 0x89 }],
};

function forEachRole(build: (role: Role) => Scenario[]): Scenario[] {
  return roles.flatMap(build);
}

export const frameScenarios: readonly Scenario[] = forEachRole((role) => [
  ...Object.entries(ends).map(
    ([what, frames]): Scenario => ({
      title: `${role}: ${what}`,
      async run(lib, stage) {
        const { socket, peer } = await meet(role, lib, stage);
        peer.write(...frames);
        await Promise.all([closed(socket), peer.ended]);
      },
    }),
  ),
  ...Object.entries(whole).map(
    ([what, frames]): Scenario => ({
      title: `${role}: ${what}`,
      async run(lib, stage) {
        const { socket, peer } = await meet(role, lib, stage);
        peer.write(...frames, closeFrame(1000));
        await Promise.all([closed(socket), peer.ended]);
      },
    }),
  ),
  {
    title: `${role}: a frame with the other role's masking`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage);
      peer.write({ payload: 'a', masked: role === 'client' });
      await Promise.all([closed(socket), peer.ended]);
    },
  },
  ...(
    [
      ['one frame above maxPayload', [{ payload: 'abcde' }]],
      [
        'a message above maxPayload in two frames',
        [
          { first: 1, payload: 'abc' },
          { first: 0x80, payload: 'de' },
        ],
      ],
      ['a message of just maxPayload', [{ payload: 'abcd' }, closeFrame(1000)]],
    ] as const
  ).map(
    ([what, frames]): Scenario => ({
      title: `${role}: ${what}`,
      async run(lib, stage) {
        const { socket, peer } = await meet(role, lib, stage, { maxPayload: 4 });
        peer.write(...frames);
        await Promise.all([closed(socket), peer.ended]);
      },
    }),
  ),
  {
    title: `${role}: maxPayload 0 is no limit`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage, { maxPayload: 0 });
      peer.write({ payload: 'abcd' }, closeFrame(1000));
      await closed(socket);
    },
  },
  {
    title: `${role}: more fragments than maxFragments`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage, { maxFragments: 2 });
      peer.write(
        { first: 1, payload: 'a' },
        { first: 0, payload: 'b' },
        { first: 0x80, payload: 'c' },
      );
      await Promise.all([closed(socket), peer.ended]);
    },
  },
  {
    title: `${role}: the peer ends without a Close`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage);
      peer.write({ payload: 'last' });
      peer.socket.end();
      await closed(socket);
    },
  },
  {
    title: `${role}: the peer resets the connection`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage);
      peer.socket.resetAndDestroy();
      await closed(socket);
    },
  },
  {
    title: `${role}: autoPong false leaves pings to the program`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage, { autoPong: false });
      socket.once('ping', (data) => socket.pong(`${String(data)}!`));
      peer.write({ first: 0x89, payload: '1' }, { first: 0x89, payload: '2' }, closeFrame(1000));
      await Promise.all([closed(socket), peer.ended]);
    },
  },
  {
    title: `${role}: skipUTF8Validation`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage, { skipUTF8Validation: true });
      peer.write({ payload: Buffer.from([0xff]) }, closeFrame(1000));
      await Promise.all([closed(socket), peer.ended]);
    },
  },
  ...(['arraybuffer', 'fragments', 'nodebuffer', 'blob'] as const).map(
    (type): Scenario => ({
      title: `${role}: binaryType ${type}`,
      async run(lib, stage) {
        const { socket, peer } = await meet(role, lib, stage);
        socket.binaryType = type as 'arraybuffer';
        stage.note('type', socket.binaryType);
        socket.binaryType = 'nonsense' as 'arraybuffer';
        stage.note('type', socket.binaryType);
        peer.write(
          { first: 0x82, payload: 'abc' },
          { payload: 'text' },
          { first: 0x82 },
          closeFrame(1000),
        );
        await closed(socket);
      },
    }),
  ),
  {
    title: `${role}: allowSynchronousEvents false lets promises run between two messages`,
    async run(lib, stage) {
      const { socket, peer } = await meet(role, lib, stage, { allowSynchronousEvents: false });
      socket.on('message', () => void Promise.resolve().then(() => stage.note('socket', 'then')));
      peer.write(
        { payload: '1' },
        { payload: '2' },
        { first: 0x89 },
        { payload: '3' },
        closeFrame(1000),
      );
      await closed(socket);
    },
  },
]);
