import { describe, expect, it } from 'vitest';
import {
  lostError,
  neverOpenError,
  readCloseInfo,
  WebSocketError,
} from '../../src/browser-shape/websocket-error.ts';
import { named } from './support.ts';

describe('WebSocketError', () => {
  it('is a DOMException with a close code and a reason', () => {
    const error = new WebSocketError('m', { closeCode: 4000, reason: 'why' });
    expect(error).toBeInstanceOf(DOMException);
    expect([error.name, error.message, error.code]).toEqual(['WebSocketError', 'm', 0]);
    expect([error.closeCode, error.reason]).toEqual([4000, 'why']);
    expect(Object.prototype.toString.call(error)).toBe('[object WebSocketError]');
  });

  it('has no code by itself, and 1000 with a reason alone', () => {
    expect([new WebSocketError().closeCode, new WebSocketError().reason]).toEqual([null, '']);
    expect(new WebSocketError('', { reason: 'why' }).closeCode).toBe(1000);
  });

  it('refuses what may not be said', () => {
    expect(() => new WebSocketError('', { closeCode: 1005 })).toThrow(named('InvalidAccessError'));
    const reason = 'x'.repeat(124);
    expect(() => new WebSocketError('', { reason })).toThrow(named('SyntaxError'));
  });

  it('of ours has 1006 or no code, and says why as its cause', () => {
    const cause = new Error('why');
    expect(lostError(cause)).toMatchObject({ closeCode: 1006, reason: '', cause });
    expect(neverOpenError(cause)).toMatchObject({ closeCode: null, reason: '', cause });
  });
});

describe('close info', () => {
  it('nothing and an empty one say nothing', () => {
    expect([undefined, null, {}].map(readCloseInfo)).toEqual(
      Array(3).fill({ code: 1005, reason: '' }),
    );
  });

  it('is converted: a lone surrogate, and a code that is cut to a whole one', () => {
    const info = { closeCode: '1000.9', reason: '\ud800' };
    expect(readCloseInfo(info)).toEqual({ code: 1000, reason: '\ufffd' });
  });

  it('a primitive is a TypeError', () => {
    expect(() => readCloseInfo(true)).toThrow(TypeError);
  });
});
