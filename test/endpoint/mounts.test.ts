import { describe, expect, it } from 'vitest';
import { Mounts } from '../../src/endpoint/mounts.ts';

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
