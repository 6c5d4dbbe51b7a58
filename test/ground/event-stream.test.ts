/** WHATWG HTML §9.2, beside the reader that undici has for its EventSource. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { EventStreamReader, eventLines, type StreamEvent } from '../../src/ground/event-stream.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(
  text: string,
  cut = Number.POSITIVE_INFINITY,
  maxLength = 10_000,
): StreamEvent[] | 'too long' {
  const events: StreamEvent[] = [];
  const reader = new EventStreamReader(maxLength, (event) => events.push(event));
  const whole = bytes(text);
  for (let at = 0; at < whole.length; at += cut) {
    if (!reader.read(whole.subarray(at, at + cut))) {
      return 'too long';
    }
  }
  return events;
}

interface TheirStream {
  on(
    name: 'data',
    run: (event: { options: { data?: string; lastEventId?: string }; type?: string }) => void,
  ): void;
  on(name: 'end', run: () => void): void;
  end(bytes: Uint8Array): void;
}
const { EventSourceStream } = createRequire(import.meta.url)(
  '../../node_modules/undici/lib/web/eventsource/eventsource-stream.js',
) as { EventSourceStream: new (options: object) => TheirStream };

/** What undici makes of it. */
function theirs(text: string): Promise<StreamEvent[]> {
  return new Promise((resolve) => {
    const events: StreamEvent[] = [];
    const eventSourceSettings = { lastEventId: '', reconnectionTime: 1, origin: '' };
    const stream = new EventSourceStream({ eventSourceSettings });
    stream.on('data', ({ type, options: { data = '', lastEventId = '' } }) => {
      events.push({ id: lastEventId, name: type === 'message' ? '' : (type ?? ''), data });
    });
    stream.on('end', () => resolve(events));
    stream.end(bytes(text));
  });
}

describe('§9.2.6 reading', () => {
  it.each([
    ['data: a\n\n', [{ id: '', name: '', data: 'a' }]],
    [
      'data:a\r\rdata:  b\r\n\r\n',
      [
        { id: '', name: '', data: 'a' },
        { id: '', name: '', data: ' b' },
      ],
    ],
    [
      '\ufeffid: 1\nevent: x\ndata: a\ndata\ndata: b\n\ndata: c\n\n',
      [
        { id: '1', name: 'x', data: 'a\n\nb' },
        { id: '1', name: '', data: 'c' },
      ],
    ],
    [': comment\nevent: x\n\ndata: y\n\n', [{ id: '', name: '', data: 'y' }]],
    ['id: a\0b\ndata: z\n\n', [{ id: '', name: '', data: 'z' }]],
    ['data: \ufeff\u2028\0ü😀\n\n', [{ id: '', name: '', data: '\ufeff\u2028\0ü😀' }]],
    ['data: without an end', []],
    ['data:\n\n', [{ id: '', name: '', data: '' }]],
  ])('%j', async (text, events) => {
    expect(read(text)).toEqual(events);
    for (const cut of [1, 2, 3, 5]) {
      expect(read(text, cut), `cut by ${cut}`).toEqual(events);
    }
  });

  it('D16: an event at the limit is read, and one beyond it ends the reading', () => {
    expect(read(`data: ${'x'.repeat(94)}\n\n`, 7, 100)).toHaveLength(1);
    expect(read(`data: ${'x'.repeat(95)}\n\n`, 7, 100)).toBe('too long');
    expect(read('data: 12345678\n'.repeat(20), 7, 100)).toBe('too long');
    expect(read(`:${'x'.repeat(101)}`, 1, 100)).toBe('too long');
  });
});

describe('§9.2.5 writing', () => {
  it('D16: no data can end its event, or begin another field: what is written is read as it was, but for ends of lines', async () => {
    const parts = [
      '\r',
      '\n',
      '\r\n',
      '\u2028',
      '\0',
      '\ufeff',
      ' ',
      ':',
      'data: x',
      'id: 9',
      'event: y',
      'ü',
      '😀',
      'a',
    ];
    let state = 7;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state >> 8) % below;
    };
    const datas = Array.from({ length: 100_000 }, () =>
      Array.from({ length: next(8) }, () => parts[next(parts.length)]!).join(''),
    );
    const text = datas.map((data, i) => `id: ${i + 1}\n${eventLines('name', data)}\n`).join('');
    const expected = datas.map((data, i) => ({
      id: String(i + 1),
      name: 'name',
      data: data.replaceAll(/\r\n|\r/g, '\n'),
    }));
    expect(read(text, 1_000)).toEqual(expected);
    // undici leaves out events whose data is empty.
    const full = expected.filter(({ data }) => data !== '');
    expect((await theirs(text)).filter(({ data }) => data !== '')).toEqual(full);
  }, 60_000);

  it('D16: a name is letters only', () => {
    for (const name of ['a\nb', 'a b', 'A', '1', 'a:']) {
      expect(() => eventLines(name, '')).toThrow(RangeError);
    }
  });
});
