import { describe, expect, it } from 'vitest';
import { handshakeOptions, websocketOptions } from '../../src/endpoint/options.ts';

describe('options of a websocket', () => {
  it('have the defaults that are written down', () => {
    expect(websocketOptions({})).toMatchObject({
      highWaterBytes: 262_144,
      maxBufferedBytes: 33_554_432,
      maxMessageBytes: 16_777_216,
      pingAfterMs: 15_000,
    });
  });

  it.each([
    [{ highWaterBytes: -1 }],
    [{ highWaterBytes: Number.NaN }],
    [{ highWaterBytes: 10, maxBufferedBytes: 9 }],
    [{ maxBufferedBytes: Number.NaN }],
    [{ maxMessageBytes: -1 }],
    [{ pingAfterMs: '1' as never }],
  ])('%o are refused', (options) => {
    expect(() => websocketOptions(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('equal marks, and marks without an end, are taken', () => {
    expect(websocketOptions({ highWaterBytes: 0, maxBufferedBytes: 0 }).maxBufferedBytes).toBe(0);
    const without = Number.POSITIVE_INFINITY;
    expect(websocketOptions({ maxBufferedBytes: without }).maxBufferedBytes).toBe(without);
  });
});

describe('options of a handshake', () => {
  it('have the defaults that are written down', () => {
    expect(handshakeOptions({})).toEqual({
      handshakeWithinMs: 10_000,
      maxHeadBytes: 16_384,
      maxHeaders: 100,
    });
  });

  it.each([
    [{ handshakeWithinMs: 0 }],
    [{ handshakeWithinMs: -1 }],
    [{ handshakeWithinMs: Number.NaN }],
    [{ handshakeWithinMs: '5' as never }],
    [{ maxHeadBytes: 0 }],
    [{ maxHeadBytes: 1.5 }],
    [{ maxHeaders: 0 }],
    [{ maxHeaders: Number.POSITIVE_INFINITY }],
  ])('%o are refused', (options) => {
    expect(() => handshakeOptions(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
