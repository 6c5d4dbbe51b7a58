import { describe, expect, it } from 'vitest';
import * as opcode from '../../../src/protocol/frame/opcode.ts';

const all = Array.from({ length: 16 }, (_, i) => i);

describe('§5.2, §11.8 opcodes', () => {
  it('are numbered as they travel', () => {
    const { continuation, text, binary, close, ping, pong } = opcode;
    expect([continuation, text, binary, close, ping, pong]).toEqual([0, 1, 2, 8, 9, 10]);
  });

  it('are control frames from 8 on', () => {
    expect(all.filter(opcode.isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('are reserved from 3 to 7 and from 11 to 15', () => {
    expect(all.filter(opcode.isReserved)).toEqual([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
  });
});
