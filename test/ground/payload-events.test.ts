import { describe, expect, it } from 'vitest';
import { EventStreamReader, type StreamEvent } from '../../src/ground/event-stream.ts';
import { payloadLines, payloadOf } from '../../src/ground/payload-events.ts';

function through(payload: string | Uint8Array): string | Uint8Array | undefined {
  let event: StreamEvent | undefined;
  const reader = new EventStreamReader(10_000, (one) => {
    event = one;
  });
  reader.read(new TextEncoder().encode(`${payloadLines(payload)}\n`));
  return payloadOf(event!);
}

describe('messages as events', () => {
  it.each([
    '',
    'plain',
    '\r',
    '\n',
    '\r\n',
    'a\n\ndata: b',
    '\u2028\u2029',
    '\0',
    '\ufeff',
    '\ud800',
    'a\udc00',
    '😀',
    ' x ',
  ])('D16: the text %j comes as it was', (text) => expect(through(text)).toBe(text));

  it('D16: bytes of every value come as they were', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(through(bytes)).toEqual(bytes);
    expect(through(new Uint8Array())).toEqual(new Uint8Array());
  });

  it('D16: a hundred thousand texts of what a stream would change come as they were, one behind the other', () => {
    const parts = [
      ...'\r\n\0\ufeff\u2028\u0085: a'.split(''),
      'data: ',
      'id: 7',
      '\ud83d',
      '\ude00',
      '😀',
      'ü',
      '',
    ];
    let state = 7;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    const texts = Array.from({ length: 100_000 }, () =>
      Array.from({ length: next(6) }, () => parts[next(parts.length)]!).join(''),
    );
    const came: unknown[] = [];
    const reader = new EventStreamReader(10_000, (event) => came.push(payloadOf(event)));
    const bytes = new TextEncoder().encode(texts.map((text) => `${payloadLines(text)}\n`).join(''));
    for (let at = 0; at < bytes.length; at += 7_001) {
      reader.read(bytes.subarray(at, at + 7_001));
    }
    expect(came.length).toBe(texts.length);
    expect(texts.findIndex((text, index) => text !== came[index])).toBe(-1);
  });

  it('most texts are written as they are', () => {
    expect(payloadLines('{"a":"ü"}')).toBe('data: {"a":"ü"}\n');
  });

  it.each([
    ['quoted', '{'],
    ['quoted', '1'],
    ['bytes', '*'],
    ['other', 'x'],
  ])('what is no message is none: %s %s', (name, data) => {
    expect(payloadOf({ id: '1', name, data })).toBeUndefined();
  });
});
