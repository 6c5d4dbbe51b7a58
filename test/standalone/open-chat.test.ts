import { describe, expect, it } from 'vitest';
import { openChat, room } from '../../standalone/open-chat.ts';

const visitor = (token: string | undefined) => ({ token, pipe: 'websocket', address: '127.0.0.1' });

describe('the first run lets in everybody with a name', () => {
  it.each([
    ['a name', 'Ada', 'Ada'],
    ['with space around it', '  Ada Lovelace\n', 'Ada Lovelace'],
    ['of one character', 'A', 'A'],
    ['of 40 characters', 'a'.repeat(40), 'a'.repeat(40)],
    ['of 41 characters', 'a'.repeat(41), undefined],
    ['of 41 characters, one of them space', `${'a'.repeat(40)} `, 'a'.repeat(40)],
    ['of space alone', '   ', undefined],
    ['empty', '', undefined],
    ['none', undefined, undefined],
  ])('%s', (_what, token, user) => {
    expect(openChat.connect(visitor(token))).toBe(user);
  });
});

describe('the first run has one room', () => {
  it.each([
    [room, true],
    ['chat/lobby', true],
    ['chat/lobby/', false],
    ['chat/other', false],
    ['Chat/lobby', false],
    ['', false],
  ])('%j: %j, to read and to write', (channel, allowed) => {
    expect(openChat.subscribe?.({ user: 'Ada', channel })).toBe(allowed);
    expect(openChat.publish?.({ user: 'Ada', channel, data: { text: 'hello' } })).toBe(allowed);
  });
});

describe('what is published in the room has a text', () => {
  it.each([
    ['of one character', { text: 'a' }, true],
    ['and something else', { text: 'a', more: 1 }, true],
    ['of 2,000 characters', { text: 'a'.repeat(2000) }, true],
    ['of 2,001 characters', { text: 'a'.repeat(2001) }, false],
    ['that is empty', { text: '' }, false],
    ['that is a number', { text: 1 }, false],
    ['that is null', { text: null }, false],
    ['in an object that has none', {}, false],
    ['in a list', ['text'], false],
    ['and nothing around it', 'text', false],
    ['null', null, false],
    ['undefined', undefined, false],
  ])('%s', (_what, data, allowed) => {
    expect(openChat.publish?.({ user: 'Ada', channel: room, data })).toBe(allowed);
  });
});
