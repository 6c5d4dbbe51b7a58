import { describe, expect, it } from 'vitest';
import { native } from '../../src/gateways/native.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { ServerMessage } from '../../src/wire/index.ts';
import { openBy, turned } from './world.ts';

const open = () => openBy(native());

describe('tautline.v1.json, from the client', () => {
  it('is asked for by its name', () => {
    expect(native().subprotocol).toBe('tautline.v1.json');
  });

  it('a text is a message', () => {
    const { session, listener } = open();
    listener.received('{"type":"publish","id":3,"channel":"news","data":{"a":1}}');
    expect(session.said).toEqual([{ type: 'publish', id: 3, channel: 'news', data: { a: 1 } }]);
    expect(session.rejected).toEqual([]);
  });

  it('or several, in order', () => {
    const { session, listener } = open();
    listener.received('[{"type":"ping","id":1},{"type":"cancel","id":2}]');
    expect(session.said).toEqual([
      { type: 'ping', id: 1 },
      { type: 'cancel', id: 2 },
    ]);
  });

  it.each(['', 'hello', '[]', 'null', '{}', '{"type":"nonsense"}', '{"type":"ping"}'])(
    '%j is none: MESSAGE_INVALID, and the reason says what is wrong',
    (text) => {
      const { session, listener } = open();
      listener.received(text);
      expect(session.said).toEqual([]);
      expect(session.rejected).toEqual([
        { code: 4501, name: 'MESSAGE_INVALID', reason: expect.stringMatching(/.{5,}/) },
      ]);
    },
  );

  it('D4: a megabyte of line ends is refused at once', () => {
    const { session, listener } = open();
    listener.received('\n'.repeat(1_000_000));
    expect(session.rejected).toHaveLength(1);
  });

  it('bytes are none', () => {
    const { session, listener } = open();
    listener.received(new TextEncoder().encode('{"type":"ping","id":1}'));
    expect(session.said).toEqual([]);
    expect(session.rejected).toEqual([
      { code: 4501, name: 'MESSAGE_INVALID', reason: 'messages of this subprotocol are text' },
    ]);
  });

  it('no reason is longer than a close frame has room for', () => {
    const { session, listener } = open();
    listener.received(JSON.stringify({ type: '€'.repeat(500) }));
    listener.received(JSON.stringify({ type: 'publish', id: 'x'.repeat(5_000) }));
    expect(session.rejected).toHaveLength(2);
    for (const { reason } of session.rejected) {
      expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
    }
  });
});

describe('tautline.v1.json, to the client', () => {
  it('a message is a text, and several of one turn are a list', async () => {
    const { outlet, pipe } = open();
    outlet.send(new Shared<ServerMessage>({ type: 'pong', id: 7 }));
    await turned();
    outlet.send(new Shared<ServerMessage>({ type: 'pong', id: 8 }));
    outlet.send(new Shared<ServerMessage>({ type: 'revoke', id: 9 }));
    await turned();
    expect(pipe.log).toEqual([
      '{"type":"pong","id":7}',
      '[{"type":"pong","id":8},{"type":"revoke","id":9}]',
    ]);
  });
});
