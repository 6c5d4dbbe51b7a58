import { describe, expect, it } from 'vitest';
import { streamsDefaults } from '../../src/endpoint/index.ts';
import { maxStreamBytes, mustBeChunks } from '../../src/endpoint/streaming.ts';

describe('options of streams', () => {
  it('a stream has no limit unless one is given', () => {
    expect(streamsDefaults).toEqual({ maxBytes: Number.POSITIVE_INFINITY });
    expect(maxStreamBytes({})).toBe(Number.POSITIVE_INFINITY);
    expect([maxStreamBytes({ maxBytes: 0 }), maxStreamBytes({ maxBytes: 7 })]).toEqual([0, 7]);
  });

  it('a limit is a number of at least 0', () => {
    for (const maxBytes of [-1, Number.NaN, '7', null] as number[]) {
      expect(() => maxStreamBytes({ maxBytes })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});

describe('B5 a source of chunks', () => {
  it('is iterable, with or without waiting', () => {
    async function* waits(): AsyncGenerator<string> {}
    for (const right of [[], new Set(['a']), waits(), new ReadableStream<string>()]) {
      expect(() => mustBeChunks(right)).not.toThrow();
    }
  });

  it('is no message of its own: a string would give letters, and bytes numbers', () => {
    for (const wrong of [
      'text',
      Buffer.from('a'),
      new Float32Array(1),
      new ArrayBuffer(1),
      {},
      null,
    ]) {
      expect(() => mustBeChunks(wrong)).toThrow(
        expect.objectContaining({ code: 'PAYLOAD_INVALID' }),
      );
    }
  });
});
