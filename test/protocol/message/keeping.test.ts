import { describe, expect, it } from 'vitest';
import { isWorthKeeping } from '../../../src/protocol/message/keeping.ts';

describe('a payload is handed on with its memory', () => {
  const chunk = new Uint8Array(4_096);

  it('from 1 KiB on, where it is half of what is there', () => {
    expect(isWorthKeeping(new Uint8Array(1_024), 0, 1_024)).toBe(true);
    expect(isWorthKeeping(new Uint8Array(1_023), 0, 1_023)).toBe(false);
    expect(isWorthKeeping(chunk, 2_048, 4_096)).toBe(true);
    expect(isWorthKeeping(chunk, 2_049, 4_096)).toBe(false);
  });

  it('where nothing follows it', () => {
    expect(isWorthKeeping(chunk, 0, 4_095)).toBe(false);
  });
});
