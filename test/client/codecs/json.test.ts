import { describe, expect, it } from 'vitest';
import { json } from '../../../src/client/codecs/json.ts';

describe('json', () => {
  it('writes a message as text, and reads one or several of a frame', () => {
    const codec = json();
    expect(codec.subprotocol).toBe('tautline.v1.json');
    expect(codec.write({ type: 'ping', id: 1 })).toBe('{"type":"ping","id":1}');
    const one = { type: 'pong', id: 1 };
    expect(codec.read(JSON.stringify(one))).toEqual({ messages: [one] });
    expect(codec.read(JSON.stringify([one, one]))).toEqual({ messages: [one, one] });
  });

  it.each(['{', '[]', new Uint8Array([1])])('%s is a problem', (frame) => {
    expect(json().read(frame)).toHaveProperty('problem');
  });
});
