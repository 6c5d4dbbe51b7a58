import { describe, expect, it } from 'vitest';
import { disconnects, mayReturn } from '../../src/wire/codes.ts';

describe('disconnects', () => {
  it('these are all, and their codes do not change', () => {
    const codes = Object.values(disconnects).map(({ name, code }) => [name, code]);
    expect(codes).toEqual([
      ['SERVER_STOPPING', 4000],
      ['TOO_SLOW', 4001],
      ['HELLO_TOO_LATE', 4002],
      ['FENCED', 4003],
      ['BUSY', 4004],
      ['TOO_MANY_CONNECTIONS', 4005],
      ['TOKEN_EXPIRED', 4006],
      ['HELLO_EXPECTED', 4500],
      ['MESSAGE_INVALID', 4501],
      ['VERSION_UNSUPPORTED', 4502],
      ['UNAUTHORISED', 4503],
      ['REVOKED', 4504],
    ]);
  });

  it('each is listed under its own name', () => {
    for (const [name, disconnect] of Object.entries(disconnects)) {
      expect(disconnect.name).toBe(name);
    }
  });

  it('each reason fits in a close frame (RFC 6455 §5.5)', () => {
    for (const { reason } of Object.values(disconnects)) {
      expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
    }
  });
});

describe('the range of a code says whether to come back', () => {
  it.each([
    [1000, true],
    [1006, true],
    [3999, true],
    [4000, true],
    [4499, true],
    [4500, false],
    [4999, false],
    [5000, true],
  ])('%i: %s', (code, back) => {
    expect(mayReturn(code)).toBe(back);
  });
});
