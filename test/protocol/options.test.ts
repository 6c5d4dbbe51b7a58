import { describe, expect, it } from 'vitest';
import {
  type ConnectionOptions,
  connectionDefaults,
  connectionOptions,
} from '../../src/protocol/options.ts';
import { UsageError } from '../../src/protocol/usage-error.ts';

const names = Object.keys(connectionDefaults) as (keyof ConnectionOptions)[];

function codeOf(options: Readonly<Record<string, unknown>>): string | undefined {
  try {
    connectionOptions(options);
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

describe('the options of a connection', () => {
  it('have these defaults, all but one of them finite', () => {
    expect(connectionOptions({})).toEqual({
      maxMessageBytes: 16_777_216,
      maxFrameBytes: 16_777_216,
      maxFragments: 65_536,
      fragmentChargeBytes: 64,
      minBytesPerSecond: 32,
      pingAfterMs: 15_000,
      pongWithinMs: 5_000,
      stalledMs: 60_000,
      idleMs: Number.POSITIVE_INFINITY,
      closeWithinMs: 5_000,
      progressWindowMs: 10_000,
    });
  });

  it('are taken one by one; undefined is the default', () => {
    const options = connectionOptions({ idleMs: 7, maxFragments: undefined as never });
    expect(options).toEqual({ ...connectionDefaults, idleMs: 7 });
    expect(connectionDefaults.idleMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('may be Infinity, and 0 where that means something', () => {
    for (const name of names) {
      const least = name === 'maxFragments' || name === 'progressWindowMs' ? 1 : 0;
      expect(connectionOptions({ [name]: Number.POSITIVE_INFINITY })[name]).toBe(
        Number.POSITIVE_INFINITY,
      );
      expect(connectionOptions({ [name]: least })[name]).toBe(least);
      expect(codeOf({ [name]: least - 1 })).toBe('OPTION_INVALID');
    }
  });

  it('are refused when they are no numbers', () => {
    for (const name of names) {
      for (const value of [Number.NaN, '5', null, true, {}, 5n]) {
        expect(codeOf({ [name]: value })).toBe('OPTION_INVALID');
      }
    }
  });

  it('A2: that nobody knows are left out, whatever their name', () => {
    const odd = JSON.parse('{"__proto__": {"idleMs": 1}, "constructor": 5}') as ConnectionOptions;
    expect(connectionOptions(odd)).toEqual(connectionDefaults);
  });
});
