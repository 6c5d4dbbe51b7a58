import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/endpoint/index.ts';

describe('prepare', () => {
  it('makes the whole frame of a server: text, with its length in bytes', () => {
    const { frame, text } = prepare('Grüße');
    expect(text).toBe(true);
    expect(Buffer.from(frame)).toEqual(Buffer.from([0x81, 7, ...Buffer.from('Grüße')]));
  });

  it('copies bytes, which may change afterwards', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const { frame, text } = prepare(bytes);
    bytes.fill(9);
    expect(text).toBe(false);
    expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
    expect([...prepare(Uint8Array.of(7).buffer).frame]).toEqual([0x82, 1, 7]);
  });

  it('takes nothing else', () => {
    expect(() => prepare(5 as never)).toThrow(expect.objectContaining({ code: 'PAYLOAD_INVALID' }));
  });
});
