import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Window } from '../../../src/protocol/deflate/window.ts';

describe('RFC 7692 §7.2.3.2 the window', () => {
  it('is nothing before the first message, and after empty ones', () => {
    const window = new Window(8);
    expect(window.view).toBeUndefined();
    window.add(new Uint8Array(0));
    expect(window.view).toBeUndefined();
  });

  it.each([255, 256, 257, 1000])('of 256 bytes holds the end of a message of %d', (length) => {
    const window = new Window(8);
    const message = Uint8Array.from({ length }, (_, at) => at % 251);
    window.add(message);
    expect(window.view).toEqual(message.subarray(-256));
  });

  it('holds the end of all messages, whatever their lengths', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 30 });
    fc.assert(
      fc.property(messages, fc.constantFrom(8, 9, 10), (added, bits) => {
        const window = new Window(bits);
        let all: number[] = [];
        for (const message of added) {
          window.add(message);
          all = [...all, ...message].slice(-(2 ** bits));
          expect([...(window.view ?? [])]).toEqual(all);
        }
      }),
    );
  });

  it('takes little memory for little, and never more than its size', () => {
    const window = new Window(15);
    window.add(new Uint8Array(10));
    expect(window.view?.buffer.byteLength).toBe(256);
    for (let i = 0; i < 200; i += 1) {
      window.add(new Uint8Array(999));
      expect(window.view?.buffer.byteLength).toBeLessThanOrEqual(32_768);
    }
  });

  it('keeps no message alive', () => {
    const window = new Window(8);
    const message = new Uint8Array(300).fill(1);
    window.add(message);
    message.fill(2);
    expect(window.view).toEqual(new Uint8Array(256).fill(1));
  });
});
