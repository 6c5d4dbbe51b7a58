import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelName, maxNameBytes, parsePattern } from '../../src/ground/pattern.ts';
import { isChannelName, maxChannelBytes, reservedMark, rosterMark } from '../../src/wire/index.ts';
import { aPattern, someParams } from './pattern-samples.ts';

describe('a pattern', () => {
  it('is segments, of which those with a colon are parameters', () => {
    expect(parsePattern('org/:org/chat/:room_2')).toEqual({
      text: 'org/:org/chat/:room_2',
      segments: [{ literal: 'org' }, { param: 'org' }, { literal: 'chat' }, { param: 'room_2' }],
      params: ['org', 'room_2'],
    });
  });

  it.each([
    ['nothing', ''],
    ['an empty segment', 'a//b'],
    ['an empty segment at the end', 'a/'],
    ['an empty segment at the beginning', '/a'],
    ['a parameter without a name', 'a/:'],
    ['a parameter that begins with a digit', ':1'],
    ['a parameter with a mark', ':a-b'],
    ['a parameter that no object can hold', ':__proto__'],
    ['a parameter inside of a segment', 'room:id'],
    ['the same parameter twice', ':a/b/:a'],
    ['a wildcard', 'a/*'],
    ['a space', 'a b'],
    ['letters of other scripts', 'größe'],
    ['a name of the hub', '~inbox'],
  ])('%s is none', (_, text) => {
    expect(() => parsePattern(text)).toThrow(
      expect.objectContaining({ name: 'ContractError', code: 'CONTRACT_INVALID' }),
    );
  });

  it('has names of 192 bytes at the most, parameters of one character counted', () => {
    const most = `${'a'.repeat(190)}/:long_name`;
    expect(parsePattern(most).params).toEqual(['long_name']);
    expect(() => parsePattern(`a${most}`)).toThrow('longer than 192 bytes');
  });

  it('leaves as much as the mark of a roster needs', () => {
    expect(maxNameBytes).toBe(maxChannelBytes - rosterMark.length);
  });
});

describe('the name of a channel', () => {
  it('has each parameter in its segment', () => {
    expect(channelName('lobby')).toBe('lobby');
    expect(channelName('lobby', {})).toBe('lobby');
    expect(channelName('org/:org/chat/:room', { room: '42', org: 'a b' })).toBe(
      'org/a=20b/chat/42',
    );
  });

  it.each([
    ['missing', {}],
    ['empty', { room: '' }],
    ['a number', { room: 42 }],
    ['half of a surrogate pair', { room: '\ud800' }],
    ['what it inherits', Object.create({ room: '42' })],
  ])('is none when a parameter is %s', (_, params) => {
    const loose = channelName as (pattern: string, params: object) => string;
    const error = { code: 'PARAMS_INVALID', message: expect.stringContaining('room') };
    expect(() => loose('chat/:room', params)).toThrow(expect.objectContaining(error));
  });

  it('is none when parameters are not given at all', () => {
    const loose = channelName as (pattern: string) => string;
    expect(() => loose('chat/:room')).toThrow(expect.objectContaining({ code: 'PARAMS_INVALID' }));
  });

  it('has 192 bytes at the most, as they are written', () => {
    const most = maxNameBytes - 'chat/'.length;
    expect(channelName('chat/:room', { room: 'x'.repeat(most) })).toHaveLength(192);
    const tooLong = [
      'x'.repeat(most + 1),
      `${'x'.repeat(most - 2)} `,
      'é'.repeat(32),
      'x'.repeat(1e6),
    ];
    for (const room of tooLong) {
      expect(() => channelName('chat/:room', { room })).toThrow(
        expect.objectContaining({ code: 'PARAMS_INVALID' }),
      );
    }
  });

  it('is one that every hub takes, and that is none of its own', () => {
    fc.assert(
      fc.property(aPattern, someParams, (pattern, values) => {
        const params = Object.fromEntries(
          parsePattern(pattern).params.map((name, at) => [name, values[at % values.length]!]),
        );
        const name = channelName(pattern, params);
        expect(isChannelName(name)).toBe(true);
        expect(isChannelName(rosterMark + name)).toBe(true);
        expect(name.startsWith(reservedMark)).toBe(false);
      }),
    );
  });

  it('is another one for other parameters', () => {
    const two = fc.tuple(someParams, someParams);
    fc.assert(
      fc.property(two, ([[a, b], [c, d]]) => {
        const first = channelName(':x/:y', { x: a!, y: b! });
        const second = channelName(':x/:y', { x: c!, y: d! });
        expect(first === second).toBe(a === c && b === d);
      }),
    );
  });
});
