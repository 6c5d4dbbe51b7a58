import { describe, expect, it } from 'vitest';
import {
  readTabMessage,
  tabsVersion,
} from '../../../../src/client/transports/shared-tabs/messages.ts';

const from = 'a';
const v = tabsVersion;

describe('what tabs say to each other', () => {
  it.each([
    { v, from, type: 'who' },
    { v, from, type: 'carry', isVisible: true },
    { v, from, type: 'join', url: 'ws://a/', user: '' },
    { v, from, type: 'open', road: 1, subprotocols: ['x'] },
    { v, from, type: 'send', road: 1, frame: 'text' },
    { v, from, type: 'heard', road: 1, frame: Uint8Array.of(1) },
    { v, from, type: 'closed', road: 1, code: 1006, reason: '' },
    { v, from, type: 'took', road: 1, length: 70_000, more: 'of a later day' },
  ])('%j is a message', (message) => {
    expect(readTabMessage(message)).toBe(message);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'who'],
    ['another version', { v: 2, from, type: 'who' }],
    ['no version', { from, type: 'who' }],
    ['nobody', { v, type: 'who' }],
    ['a word that we do not know', { v, from, type: 'sing' }],
    ['a word that every object knows', { v, from, type: 'toString' }],
    ['no number', { v, from, type: 'better', road: '1' }],
    ['half a number', { v, from, type: 'better', road: 1.5 }],
    ['no frame', { v, from, type: 'send', road: 1, frame: {} }],
    ['no reason', { v, from, type: 'close', road: 1, code: 1000 }],
    ['no names', { v, from, type: 'open', road: 1, subprotocols: [1] }],
    ['a maybe', { v, from, type: 'carry', isVisible: 'yes' }],
  ])('%s is none, and is ignored', (_title, message) => {
    expect(readTabMessage(message)).toBeUndefined();
  });
});
