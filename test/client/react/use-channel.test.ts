import { describe, expect, it } from 'vitest';
import { useChannel } from '../../../src/client/react/use-channel.ts';
import { rendered, room } from './on-a-server.ts';

describe('useChannel on a server', () => {
  it('shows nothing yet, and needs no client', () => {
    const view = rendered(() => {
      const { channel, dismiss, ...shown } = useChannel(room, { limit: 5, history: 2 });
      return { ...shown, name: channel.name, dismissed: dismiss('x') };
    });
    expect(view).toEqual({
      messages: [],
      state: [],
      status: 'pending',
      name: 'chat/1',
      dismissed: false,
    });
  });

  it('takes options that can be', () => {
    expect(() => rendered(() => useChannel(room, { limit: 0 }).status)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(rendered(() => useChannel(room).status)).toBe('pending');
  });
});
