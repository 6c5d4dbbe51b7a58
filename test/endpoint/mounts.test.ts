import { describe, expect, it } from 'vitest';
import { Mounts, websocketOptions } from '../../src/endpoint/mounts.ts';

const handler = (): void => {};

describe('a path finds its mount', () => {
  it('exactly, and the star takes what no other does', () => {
    const mounts = new Mounts();
    mounts.add('/a', { subprotocols: ['a'] }, handler);
    expect(mounts.find('/b')).toBe(undefined);
    mounts.add('*', { subprotocols: ['star'] }, handler);
    expect(mounts.find('/a')?.options.subprotocols).toEqual(['a']);
    for (const path of ['/b', '/A', '/a/', '/a/b', '', '__proto__']) {
      expect(mounts.find(path)?.options.subprotocols).toEqual(['star']);
    }
  });

  it('A2: no path is taken for a property', () => {
    const mounts = new Mounts();
    for (const path of ['__proto__', 'constructor', 'toString', '/__proto__']) {
      expect(mounts.find(path)).toBe(undefined);
    }
    mounts.add('/__proto__', {}, handler);
    expect(mounts.find('/__proto__')?.handler).toBe(handler);
  });

  it('each keeps its own options', () => {
    const mounts = new Mounts();
    mounts.add('/a', { maxMessageBytes: 1 }, handler);
    mounts.add('/b', { maxMessageBytes: 2 }, handler);
    expect(mounts.find('/a')?.connection.maxMessageBytes).toBe(1);
    expect(mounts.find('/b')?.connection.maxMessageBytes).toBe(2);
  });

  it('the same path twice is refused, and so is what is no path', () => {
    const mounts = new Mounts();
    mounts.add('/a', {}, handler);
    expect(() => mounts.add('/a', {}, handler)).toThrow(
      expect.objectContaining({ code: 'PATH_TAKEN' }),
    );
    for (const path of ['a', '', '**']) {
      expect(() => mounts.add(path, {}, handler)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});

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
