import { describe, expect, it } from 'vitest';
import { useStatus } from '../../../src/client/react/use-status.ts';
import { rendered, room, serverSide } from './on-a-server.ts';

describe('useStatus on a server', () => {
  it('is that of the beginning', () => {
    expect(rendered(() => useStatus(serverSide))).toEqual({ status: 'connecting' });
    expect(rendered(() => useStatus(room))).toEqual({ status: 'pending' });
  });
});
