import { describe, expect, it } from 'vitest';
import { requireSayable } from '../../../src/hub/calls/sayable.ts';
import { maxClientDepth } from '../../../src/wire/index.ts';

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i += 1) {
    value = [value];
  }
  return value;
}

describe('what can be said', () => {
  it.each([
    ['null', null],
    ['as many bytes of JSON as may be', 'x'.repeat(8)],
    ['as many bytes as may be', new Uint8Array(10)],
  ])('%s', (_, data) => {
    expect(() => requireSayable(data, 10)).not.toThrow();
  });

  it('what nests as deep as clients read', () => {
    expect(() => requireSayable(nested(maxClientDepth - 1), 1_000)).not.toThrow();
  });
});

describe('what cannot', () => {
  it.each([
    ['undefined', undefined, 'DATA_INVALID'],
    ['a BigInt', 1n, 'DATA_INVALID'],
    ['one byte of JSON too many', 'x'.repeat(9), 'DATA_TOO_LARGE'],
    ['one byte too many', new Uint8Array(11), 'DATA_TOO_LARGE'],
  ])('%s', (_, data, code) => {
    expect(() => requireSayable(data, 10)).toThrow(expect.objectContaining({ code }));
  });

  it('what nests deeper than clients read', () => {
    expect(() => requireSayable(nested(maxClientDepth), 1_000)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID' }),
    );
  });
});
