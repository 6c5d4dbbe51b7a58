import { afterEach, describe, expect, it, vi } from 'vitest';
import { findInternals } from '../../src/endpoint/handle-internals.ts';

const inside = process as unknown as { binding(name: string): Record<string, unknown> };

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the internals of Node', () => {
  it('are found on every version that we support', () => {
    const found = findInternals();
    expect(found).toMatchObject({ owner: expect.any(Symbol), readAt: 0 });
  });

  it('of a handle that lacks a method are none', () => {
    const wrap = inside.binding('stream_wrap');
    const { constants } = inside.binding('tcp_wrap');
    class Lacking {
      readonly isStreamBase = true;
      close(): void {}
      getAsyncId(): number {
        return 1;
      }
    }
    vi.spyOn(inside, 'binding').mockImplementation((asked) =>
      asked === 'stream_wrap' ? wrap : { TCP: Lacking, constants },
    );
    expect(findInternals()).toBe('this runtime has no such internals');
  });

  it('that are forbidden are told by what Node says', () => {
    vi.spyOn(inside, 'binding').mockImplementation(() => {
      throw new Error('restricted');
    });
    expect(findInternals()).toBe('restricted');
  });

  it('are not looked for on Windows, where memory is handed out before a read', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    expect(findInternals()).toBe('not on Windows');
  });
});
