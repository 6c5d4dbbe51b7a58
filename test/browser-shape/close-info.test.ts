import { describe, expect, it } from 'vitest';
import { closeWords } from '../../src/browser-shape/close-info.ts';
import { named } from './support.ts';

describe('§3.1 close the WebSocket', () => {
  it.each([1000, 3000, 4999])('%s may be said', (code) => {
    expect(closeWords(code, 'why')).toEqual({ code, reason: 'why' });
  });

  it.each([0, 999, 1001, 1005, 1006, 2999, 5000, 65_535])('%s is an InvalidAccessError', (code) => {
    expect(() => closeWords(code, undefined)).toThrow(named('InvalidAccessError'));
  });

  it('a reason of 123 bytes of UTF-8 may be said, one of 124 is a SyntaxError', () => {
    expect(closeWords(1000, `${'ü'.repeat(61)}x`).reason).toHaveLength(62);
    expect(() => closeWords(1000, 'ü'.repeat(62))).toThrow(named('SyntaxError'));
  });

  it('the code is judged before the reason', () => {
    expect(() => closeWords(1, 'x'.repeat(124))).toThrow(named('InvalidAccessError'));
  });

  it('without a code nothing is said, and 1000 where there is a reason', () => {
    expect(closeWords(undefined, undefined)).toEqual({ code: 1005, reason: '' });
    expect(closeWords(undefined, '')).toEqual({ code: 1005, reason: '' });
    expect(closeWords(undefined, 'why')).toEqual({ code: 1000, reason: 'why' });
  });
});
