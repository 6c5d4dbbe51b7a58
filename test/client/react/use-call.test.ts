import { describe, expect, it } from 'vitest';
import { useCall } from '../../../src/client/react/use-call.ts';
import { rendered, room, serverSide } from './on-a-server.ts';

describe('useCall on a server', () => {
  it('has called nothing', () => {
    expect(rendered(() => useCall(room, 'count'))).toEqual({ isPending: false });
    expect(rendered(() => useCall(serverSide, 'add'))).toEqual({ isPending: false });
  });
});
