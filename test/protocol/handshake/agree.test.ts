import { describe, expect, it } from 'vitest';
import { type AgreeOptions, agree } from '../../../src/protocol/handshake/agree.ts';
import { HeaderList } from '../../../src/protocol/handshake/header-lists.ts';

/** The name of the refusal, or the fields of the answer. */
function outcome(raw: readonly string[], options: AgreeOptions = {}): unknown {
  const answer = agree(new HeaderList(raw), options);
  return 'name' in answer ? answer.name : answer.fields;
}

describe('§4.2.2 what both sides keep to', () => {
  it('is nothing for a request that offers nothing', () => {
    expect(agree(new HeaderList([]), {})).toEqual({
      agreed: { subprotocol: undefined, deflate: undefined },
      fields: {},
    });
  });

  it('is the subprotocol that was chosen, and the field that says so', () => {
    const chooseSubprotocol = (offered: readonly string[]): string | undefined => offered[1];
    const fields = { 'Sec-WebSocket-Protocol': 'b' };
    expect(outcome(['sec-websocket-protocol', 'a, b'], { chooseSubprotocol })).toEqual(fields);
    expect(outcome(['Sec-WebSocket-Protocol', 'a'], { chooseSubprotocol })).toEqual({});
  });

  it('is compression on the terms that are given, and only when it is offered', () => {
    const deflate = {
      contextTakeover: true,
      peerContextTakeover: true,
      windowBits: 15,
      peerWindowBits: 15,
    };
    const offer = 'permessage-deflate; server_max_window_bits=10';
    expect(agree(new HeaderList(['Sec-WebSocket-Extensions', offer]), { deflate })).toEqual({
      agreed: {
        subprotocol: undefined,
        extensions: 'permessage-deflate; server_max_window_bits=10',
        deflate: {
          sendWindowBits: 10,
          sendContextTakeover: true,
          receiveWindowBits: 15,
          receiveContextTakeover: true,
        },
      },
      fields: { 'Sec-WebSocket-Extensions': offer },
    });
    expect(outcome(['Sec-WebSocket-Extensions', offer])).toEqual({});
    expect(outcome([], { deflate })).toEqual({});
    expect(outcome(['Sec-WebSocket-Extensions', 'x-other'], { deflate })).toEqual({});
  });

  it('asks nobody when nothing was offered', () => {
    const chooseSubprotocol = (): never => {
      throw new Error('asked');
    };
    expect(outcome([], { chooseSubprotocol })).toEqual({});
  });

  it('cannot be found in offers that do not follow their grammar', () => {
    expect(outcome(['Sec-WebSocket-Protocol', 'a b'])).toBe('SUBPROTOCOLS_INVALID');
    for (const offer of ['a b', 'a;', 'a; b=', 'a; b="c', ',']) {
      expect(outcome(['Sec-WebSocket-Extensions', offer])).toBe('EXTENSIONS_INVALID');
    }
  });
});
