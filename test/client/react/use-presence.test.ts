import { describe, expect, it } from 'vitest';
import { usePresence } from '../../../src/client/react/use-presence.ts';
import { rendered, room } from './on-a-server.ts';

describe('usePresence on a server', () => {
  it('shows nobody, and enters nowhere', () => {
    expect(rendered(() => usePresence(room, { say: { mood: 'well' } }))).toEqual({ members: [] });
    expect(rendered(() => usePresence(room))).toEqual({ members: [] });
  });
});
