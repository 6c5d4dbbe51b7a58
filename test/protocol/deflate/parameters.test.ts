import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../src/protocol/deflate/parameters.ts';
import { readExtensions } from '../../../src/protocol/handshake/extensions.ts';
import { prototypeNames } from '../handshake/prototype-names.ts';

function read(text: string, from: 'client' | 'server' = 'client') {
  return readParameters(readExtensions([`permessage-deflate; ${text}`])![0]!, from);
}

describe('RFC 7692 §7.1 the parameters', () => {
  it('are four, in any order', () => {
    const text =
      'client_max_window_bits=9; server_no_context_takeover; server_max_window_bits=12; client_no_context_takeover';
    expect(read(text)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 12,
      clientMaxWindowBits: 9,
    });
  });

  it('may be left out, all of them', () => {
    expect(readParameters({ name: 'permessage-deflate', parameters: [] }, 'server')).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: undefined,
      clientMaxWindowBits: undefined,
    });
  });

  it('the window of a client may come without a value in an offer, not in an answer', () => {
    expect(read('client_max_window_bits')?.clientMaxWindowBits).toBe('any');
    expect(read('client_max_window_bits', 'server')).toBeUndefined();
    expect(read('server_max_window_bits')).toBeUndefined();
  });

  it.each([8, 9, 10, 11, 12, 13, 14, 15])('a window may have %d bits, quoted or not', (bits) => {
    expect(read(`server_max_window_bits=${bits}`)?.serverMaxWindowBits).toBe(bits);
    expect(read(`client_max_window_bits="${bits}"`)?.clientMaxWindowBits).toBe(bits);
  });

  it.each(['0', '7', '16', '1000', '08', '015', '+8', '8.0', '1e1', '0x8', '-8', '٨'])(
    'C2 a window has no %s bits',
    (value) => {
      for (const side of ['server', 'client']) {
        const parameters = [[`${side}_max_window_bits`, value]] as const;
        expect(
          readParameters({ name: 'permessage-deflate', parameters }, 'client'),
        ).toBeUndefined();
      }
    },
  );

  it('C2 no value at all is no number of bits', () => {
    const parameters = [['server_max_window_bits', '']] as const;
    expect(readParameters({ name: '', parameters }, 'client')).toBeUndefined();
  });

  it('C2 none may come twice, or with a value that it does not have, or be unknown', () => {
    for (const text of [
      'server_no_context_takeover; server_no_context_takeover',
      'client_max_window_bits=9; client_max_window_bits=9',
      'client_max_window_bits; client_max_window_bits=9',
      'server_no_context_takeover=true',
      'client_no_context_takeover=1',
      'server_max_window_bit=9',
      'SERVER_MAX_WINDOW_BITS=9',
    ]) {
      expect(read(text)).toBeUndefined();
    }
  });

  it.each(prototypeNames)('A2 %s is unknown, as name and as value', (name) => {
    expect(read(name)).toBeUndefined();
    expect(read(`server_max_window_bits=${name}`)).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
