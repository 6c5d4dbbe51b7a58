import { describe, expect, it } from 'vitest';
import {
  checkDeflate,
  chooseDeflate,
  type DeflateTerms,
  offerDeflate,
} from '../../../src/protocol/deflate/negotiate.ts';
import { readExtensions } from '../../../src/protocol/handshake/extensions.ts';

const generous: DeflateTerms = {
  contextTakeover: true,
  peerContextTakeover: true,
  windowBits: 15,
  peerWindowBits: 15,
};
const frugal: DeflateTerms = { ...generous, contextTakeover: false, peerContextTakeover: false };

const offersIn = (field: string) => readExtensions([field])!;
const choose = (field: string, terms = generous) => chooseDeflate(offersIn(field), terms);
const check = (field: string, terms = generous) => checkDeflate(offersIn(field)[0]!, terms);

describe('RFC 7692 §7.1 a server chooses', () => {
  const rows: readonly (readonly [offer: string, terms: DeflateTerms, field: string])[] = [
    ['permessage-deflate', generous, 'permessage-deflate'],
    [
      'permessage-deflate',
      frugal,
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    ],
    [
      'permessage-deflate; server_no_context_takeover',
      generous,
      'permessage-deflate; server_no_context_takeover',
    ],
    [
      'permessage-deflate; client_no_context_takeover',
      generous,
      'permessage-deflate; client_no_context_takeover',
    ],
    [
      'permessage-deflate; server_max_window_bits=10',
      generous,
      'permessage-deflate; server_max_window_bits=10',
    ],
    [
      'permessage-deflate; server_max_window_bits=15',
      generous,
      'permessage-deflate; server_max_window_bits=15',
    ],
    [
      'permessage-deflate; server_max_window_bits=10',
      { ...generous, windowBits: 9 },
      'permessage-deflate; server_max_window_bits=9',
    ],
    [
      'permessage-deflate',
      { ...generous, windowBits: 9 },
      'permessage-deflate; server_max_window_bits=9',
    ],
    ['permessage-deflate; client_max_window_bits', generous, 'permessage-deflate'],
    [
      'permessage-deflate; client_max_window_bits',
      { ...generous, peerWindowBits: 11 },
      'permessage-deflate; client_max_window_bits=11',
    ],
    [
      'permessage-deflate; client_max_window_bits=10',
      { ...generous, peerWindowBits: 11 },
      'permessage-deflate; client_max_window_bits=10',
    ],
    [
      'permessage-deflate; client_max_window_bits=12',
      generous,
      'permessage-deflate; client_max_window_bits=12',
    ],
  ];

  it.each(rows)('offered %s, with %j: %s', (offer, terms, field) => {
    expect(choose(offer, terms)?.field).toBe(field);
  });

  it('and keeps to what it says', () => {
    const asked =
      'permessage-deflate; server_max_window_bits=10; client_max_window_bits=12; client_no_context_takeover';
    expect(choose(asked)?.agreed).toEqual({
      sendWindowBits: 10,
      sendContextTakeover: true,
      receiveWindowBits: 12,
      receiveContextTakeover: false,
    });
  });

  it('§7.1.2.2 a client that cannot be told how large its window may be keeps none between messages', () => {
    const choice = choose('permessage-deflate', { ...generous, peerWindowBits: 9 })!;
    expect(choice.field).toBe('permessage-deflate; client_no_context_takeover');
    expect(choice.agreed).toMatchObject({ receiveWindowBits: 15, receiveContextTakeover: false });
  });

  it('§5.1 the first offer that it can take, in order', () => {
    const field =
      'x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=1000, ' +
      'permessage-deflate; server_max_window_bits=9, permessage-deflate';
    expect(choose(field)?.field).toBe('permessage-deflate; server_max_window_bits=9');
  });

  it('C2 nothing, when no offer can be taken', () => {
    for (const field of [
      'permessage-bzip2',
      'Permessage-Deflate',
      'permessage-deflate; server_max_window_bits=16',
      'permessage-deflate; unknown',
      'permessage-deflate; server_max_window_bits, permessage-deflate; unknown',
      '__proto__',
    ]) {
      expect(choose(field)).toBeUndefined();
    }
  });
});

describe('RFC 7692 §7.1 a client offers', () => {
  it.each([
    [generous, 'permessage-deflate; client_max_window_bits, permessage-deflate'],
    [
      frugal,
      'permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits, permessage-deflate',
    ],
    [
      { ...generous, windowBits: 10, peerWindowBits: 9 },
      'permessage-deflate; server_max_window_bits=9; client_max_window_bits=10, permessage-deflate',
    ],
  ])('%j: %s', (terms, field) => {
    expect(offerDeflate(terms)).toBe(field);
  });

  it('what our own server takes, whatever both want', () => {
    const bits = [8, 9, 12, 15];
    for (const client of termsOf(bits)) {
      for (const server of termsOf(bits)) {
        const { agreed, field } = choose(offerDeflate(client), server)!;
        const ours = check(field, client)!;
        expect(ours.receiveWindowBits).toBe(agreed.sendWindowBits);
        expect(ours.receiveContextTakeover).toBe(agreed.sendContextTakeover);
        // A client may do with less than it was granted.
        expect(ours.sendWindowBits).toBeLessThanOrEqual(agreed.receiveWindowBits);
        expect(Number(ours.sendContextTakeover)).toBeLessThanOrEqual(
          Number(agreed.receiveContextTakeover),
        );
        expect(agreed.sendWindowBits).toBeLessThanOrEqual(client.peerWindowBits);
        expect(agreed.receiveWindowBits).toBeLessThanOrEqual(server.peerWindowBits);
      }
    }
  });
});

describe('RFC 7692 §7.1 a client checks the answer', () => {
  it('and keeps to it', () => {
    const answer =
      'permessage-deflate; server_max_window_bits=10; client_max_window_bits=12; server_no_context_takeover';
    expect(check(answer)).toEqual({
      sendWindowBits: 12,
      sendContextTakeover: true,
      receiveWindowBits: 10,
      receiveContextTakeover: false,
    });
    expect(check('permessage-deflate; client_no_context_takeover')).toMatchObject({
      sendContextTakeover: false,
      receiveContextTakeover: true,
    });
  });

  it('takes an answer to its second offer: then its wishes for the server are not granted', () => {
    const wanted = { ...frugal, peerWindowBits: 9 };
    expect(check('permessage-deflate', wanted)).toEqual({
      sendWindowBits: 15,
      sendContextTakeover: false,
      receiveWindowBits: 15,
      receiveContextTakeover: true,
    });
  });

  it.each([
    ['permessage-deflate; client_max_window_bits', generous],
    ['permessage-deflate; server_max_window_bits', generous],
    ['permessage-deflate; server_max_window_bits=16', generous],
    ['permessage-deflate; server_max_window_bits=1000', generous],
    ['permessage-deflate; server_max_window_bits=08', generous],
    ['permessage-deflate; server_no_context_takeover=1', generous],
    ['permessage-deflate; server_no_context_takeover; server_no_context_takeover', generous],
    ['permessage-deflate; faster', generous],
    ['permessage-bzip2', generous],
    // Larger than what we said we would use.
    ['permessage-deflate; client_max_window_bits=11', { ...generous, windowBits: 10 }],
    // It answers the first offer, and does not do what that asks for.
    ['permessage-deflate; client_max_window_bits=10', frugal],
    [
      'permessage-deflate; client_max_window_bits=10; server_max_window_bits=10',
      { ...generous, peerWindowBits: 9 },
    ],
  ])('C2 %s: refused', (answer, terms) => {
    expect(check(answer, terms)).toBeUndefined();
  });
});

function termsOf(bits: readonly number[]): DeflateTerms[] {
  return bits.flatMap((windowBits) =>
    bits.flatMap((peerWindowBits) => [
      { ...generous, windowBits, peerWindowBits },
      { ...frugal, windowBits, peerWindowBits },
    ]),
  );
}
