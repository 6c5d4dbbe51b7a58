import { describe, expect, it } from 'vitest';
import { useSignal } from '../../../src/client/react/use-signal.ts';
import { rendered, room } from './on-a-server.ts';

describe('useSignal on a server', () => {
  it('shows none', () => {
    expect(rendered(() => useSignal(room, 'typing', { forMs: 5, limit: 1 }))).toEqual([]);
  });

  it('takes options that can be', () => {
    expect(() => rendered(() => useSignal(room, 'typing', { forMs: 0 }))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
