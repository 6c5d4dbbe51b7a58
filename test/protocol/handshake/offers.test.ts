import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../src/protocol/handshake/header-lists.ts';
import { checkChoice, offerFields } from '../../../src/protocol/handshake/offers.ts';

describe('§4.1 what a client offers', () => {
  it('stands in one field, best first; nothing offered is no field', () => {
    expect(offerFields({ subprotocols: ['b', 'a'] })).toEqual({ 'Sec-WebSocket-Protocol': 'b, a' });
    expect(offerFields({ subprotocols: [] })).toEqual({});
    expect(offerFields({})).toEqual({});
  });

  it.each([[['a', 'a']], [['a b']], [['']], [['a,b']]])('%j cannot be offered', (subprotocols) => {
    expect(() => offerFields({ subprotocols })).toThrow(
      expect.objectContaining({ code: 'SUBPROTOCOL_INVALID' }),
    );
  });
});

describe('§4.1 items 5 and 6: what a server chooses', () => {
  const offers = { subprotocols: ['a', 'b'] };
  const choice = (...raw: string[]): unknown => checkChoice(new HeaderList(raw), offers);

  it('is one of the offers, or nothing', () => {
    expect(choice('Sec-WebSocket-Protocol', 'b')).toEqual({ subprotocol: 'b' });
    expect(choice()).toEqual({ subprotocol: undefined });
  });

  it.each([
    ['another', 'c'],
    ['two', 'a, b'],
    ['in other letters', 'A'],
    ['nothing', ''],
  ])('%s is none of them', (_what, value) => {
    expect(choice('sec-websocket-protocol', value)).toMatchObject({
      name: 'RESPONSE_SUBPROTOCOL_WRONG',
    });
  });

  it('twice is wrong, though each was offered', () => {
    expect(choice('sec-websocket-protocol', 'a', 'sec-websocket-protocol', 'b')).toMatchObject({
      name: 'RESPONSE_SUBPROTOCOL_WRONG',
    });
  });

  it('no extension was offered, and none may be used', () => {
    expect(choice('Sec-WebSocket-Extensions', 'permessage-deflate')).toMatchObject({
      name: 'RESPONSE_EXTENSION_UNASKED',
    });
  });
});
