import { describe, expect, it } from 'vitest';
import { nativeBinary } from '../../src/gateways/native-binary.ts';
import { concat } from '../../src/ground/bytes.ts';
import { Shared } from '../../src/ground/shared.ts';
import { clientMessageToBinary, serverMessagesFromBinary } from '../../src/wire/binary.ts';
import type { ServerMessage } from '../../src/wire/index.ts';
import { openBy, turned } from './world.ts';

const open = () => openBy(nativeBinary());

describe('tautline.v1.binary, from the client', () => {
  it('is asked for by its name', () => {
    expect(nativeBinary().subprotocol).toBe('tautline.v1.binary');
  });

  it('bytes are messages, in order, and what they carry may be bytes', () => {
    const { session, listener } = open();
    const data = Uint8Array.of(1, 2, 3);
    listener.received(
      concat([
        clientMessageToBinary({ type: 'publish', id: 3, channel: 'news', data }),
        clientMessageToBinary({ type: 'ping', id: 4 }),
      ]),
    );
    expect(session.said).toEqual([
      { type: 'publish', id: 3, channel: 'news', data },
      { type: 'ping', id: 4 },
    ]);
  });

  it.each([[[]], [[0]], [[2, 15]], [[2, 15, 0]], [[2, 99, 1]], [[255, 255, 255, 255, 15]]])(
    '%j is none: MESSAGE_INVALID, and the reason says what is wrong',
    (bytes) => {
      const { session, listener } = open();
      listener.received(Uint8Array.from(bytes));
      expect(session.said).toEqual([]);
      expect(session.rejected).toEqual([
        { code: 4501, name: 'MESSAGE_INVALID', reason: expect.stringMatching(/.{5,}/) },
      ]);
    },
  );

  it('a text is none', () => {
    const { session, listener } = open();
    listener.received('{"type":"ping","id":1}');
    expect(session.rejected).toEqual([
      { code: 4501, name: 'MESSAGE_INVALID', reason: 'messages of this subprotocol are bytes' },
    ]);
  });
});

it('tautline.v1.binary, to the client: the messages of one turn are one frame', async () => {
  const { outlet, pipe } = open();
  const said: ServerMessage[] = [
    { type: 'pong', id: 8 },
    { type: 'reply', id: 9, data: Uint8Array.of(5) },
  ];
  for (const message of said) {
    outlet.send(new Shared(message));
  }
  await turned();
  expect(pipe.log).toHaveLength(1);
  expect(serverMessagesFromBinary(pipe.log[0] as Uint8Array)).toEqual({ messages: said });
});
