import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChannelName, maxChannelBytes } from '../../src/wire/channel-name.ts';

const refused = (names: readonly string[]) => names.filter((name) => !isChannelName(name));

describe('D15 names of channels', () => {
  it('letters, digits and marks of any script are taken', () => {
    const names = ['a', 'Z9', 'новости', 'समाचार', '日本語', 'أخبار', 'ΑΩ', '𝒜', '²', 'naïve'];
    expect(refused(names)).toEqual([]);
  });

  it('- _ . ~ : / @ + = , are taken, alone and in a row', () => {
    const names = [
      ...'-_.~:/@+=,'.split(''),
      '..',
      '../..',
      'a:b',
      '/a/',
      'user@host',
      'a+b=c,d',
      '~',
    ];
    expect(refused(names)).toEqual([]);
  });

  it.each([
    ['CR', '\r'],
    ['LF', '\n'],
    ['NUL', '\0'],
    ['DEL', '\u007f'],
    ['space', ' '],
    ['tab', '\t'],
    ['no-break space', '\u00a0'],
    ['line separator', '\u2028'],
    ['byte order mark', '\ufeff'],
    ['zero-width space', '\u200b'],
    ['zero-width joiner', '\u200d'],
    ['invisible letter', '\u3164'],
    ['invisible mark', '\ufe0f'],
    ['right-to-left mark', '\u200f'],
    ['right-to-left override', '\u202e'],
    ['left-to-right isolate', '\u2066'],
    ['high surrogate', '\ud800'],
    ['low surrogate', '\udfff'],
    ['private use', '\ue000'],
    ['unassigned', '\uffff'],
    ...'*>#$?[]{}!"%&\'();<\\^`|'
      .split('')
      .map((character): [string, string] => [character, character]),
  ])('%s is refused wherever it stands', (_, bad) => {
    const names = [bad, `${bad}a`, `a${bad}`, `a${bad}b`];
    expect(refused(names)).toEqual(names);
  });

  it('what reached a foreign subject through a broker is refused', () => {
    const names = ['x 0\r\n\r\nPUB victim.room 5\r\nPWNED\r\nPUB y', 'room.>', '*.room', '#'];
    expect(refused(names)).toEqual(names);
  });

  it('a name has 1 to 200 bytes', () => {
    expect(maxChannelBytes).toBe(200);
    const sizes = [0, 1, 200, 201, 256, 4_097].map((size) => isChannelName('a'.repeat(size)));
    expect(sizes).toEqual([false, true, true, false, false, false]);
  });

  it.each([
    ['two', 'é', 100],
    ['three', '日', 66],
    ['four', '𝒜', 50],
  ])('characters of %s bytes count as many', (_, character, most) => {
    expect(isChannelName(character.repeat(most))).toBe(true);
    expect(isChannelName(character.repeat(most + 1))).toBe(false);
  });

  it('199 bytes and a character of two are too long', () => {
    expect(isChannelName(`${'a'.repeat(198)}é`)).toBe(true);
    expect(isChannelName(`${'a'.repeat(199)}é`)).toBe(false);
  });

  it.each(['é', 'Å', 'ñ', '각', 'ệ'])(
    '%s is taken composed and refused taken apart',
    (character) => {
      expect(isChannelName(character.normalize('NFC'))).toBe(true);
      expect(isChannelName(character.normalize('NFD'))).toBe(false);
    },
  );

  it('the sign of the ångström is refused: its composed form is the letter', () => {
    expect(isChannelName('\u212b')).toBe(false);
  });

  it('no two names are the same bytes, or the same name composed', () => {
    const parts = [
      'a',
      'e',
      'é',
      '\u0301',
      '\u0323',
      '\u1100',
      '\u1161',
      '각',
      '日',
      '𝒜',
      '\ud835',
      ':',
    ];
    const names = fc.string({ unit: fc.constantFrom(...parts), minLength: 1 });
    fc.assert(
      fc.property(names.filter(isChannelName), (name) => {
        const bytes = new TextEncoder().encode(name);
        expect(new TextDecoder().decode(bytes)).toBe(name);
        expect(name.normalize('NFC')).toBe(name);
        expect(bytes.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});
