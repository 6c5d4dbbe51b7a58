import { describe, expect, it } from 'vitest';
import { http2Defaults, http2Options } from '../../src/endpoint/http2-options.ts';

describe('options of HTTP/2', () => {
  it('have defaults', () => {
    expect(http2Options({})).toEqual(http2Defaults);
    expect(http2Defaults).toEqual({
      maxStreams: 100,
      streamWindowBytes: 1_048_576,
      sessionWindowBytes: 4_194_304,
      idleSessionMs: 60_000,
    });
  });

  it('are taken up to their ends', () => {
    const least = {
      maxStreams: 1,
      streamWindowBytes: 65_535,
      sessionWindowBytes: 65_535,
      idleSessionMs: 1,
    };
    const most = {
      maxStreams: 2 ** 31 - 1,
      streamWindowBytes: 2 ** 31 - 1,
      sessionWindowBytes: 2 ** 31 - 1,
      idleSessionMs: Number.POSITIVE_INFINITY,
    };
    expect(http2Options(least)).toEqual(least);
    expect(http2Options(most)).toEqual(most);
  });

  it.each([
    { maxStreams: 0 },
    { maxStreams: 1.5 },
    { maxStreams: 2 ** 31 },
    { maxStreams: '5' as unknown as number },
    { maxStreams: Number.POSITIVE_INFINITY },
    { streamWindowBytes: 65_534 },
    { streamWindowBytes: 2 ** 31 },
    { sessionWindowBytes: 65_534 },
    { sessionWindowBytes: Number.NaN },
    { idleSessionMs: 0 },
    { idleSessionMs: Number.NaN },
    { idleSessionMs: '1' as unknown as number },
  ])('%j is a mistake', (options) => {
    expect(() => http2Options(options)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(Object.keys(options)[0]!),
      }),
    );
  });
});
