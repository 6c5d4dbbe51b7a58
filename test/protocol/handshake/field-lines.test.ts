import { describe, expect, it } from 'vitest';
import { fieldLines } from '../../../src/protocol/handshake/field-lines.ts';

describe('RFC 9112 §5 lines of fields', () => {
  it('stand in the order they were given, each with its end', () => {
    expect(fieldLines({ B: '2', a: 'x\ty é' })).toBe('B: 2\r\na: x\ty é\r\n');
    expect(fieldLines({})).toBe('');
  });

  it('are none for what would be another line, or no field at all', () => {
    const wrong = [
      ['a b', 'c'],
      ['', 'c'],
      ['a:', 'c'],
      ['a', 'b\nc'],
      ['a', 'b\r'],
      ['a', '\0'],
      ['a', '€'],
    ];
    for (const [name, value] of wrong) {
      expect(() => fieldLines({ [name!]: value! })).toThrow(
        expect.objectContaining({ code: 'HEADER_INVALID' }),
      );
    }
  });

  it('are refused for names that are set already, in any case', () => {
    const set = new Set(['host']);
    expect(() => fieldLines({ HOST: 'x' }, set)).toThrow('cannot be sent');
    expect(fieldLines({ hosts: 'x' }, set)).toBe('hosts: x\r\n');
  });
});
