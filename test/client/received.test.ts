import { describe, expect, it } from 'vitest';
import { gapFrom, positionFrom, receivedFrom } from '../../src/client/received.ts';
import { entry, place } from './world.ts';

describe('what applications are given', () => {
  it('an entry carries its own position', () => {
    expect(receivedFrom('e1', entry(3, { text: 'hi' }))).toEqual({
      data: { text: 'hi' },
      by: 'bob',
      atMs: 3,
      id: 'id3',
      offset: 3,
      position: 'e1:3:id3',
    });
  });

  it('a gap begins where the client stood, whatever the server believes', () => {
    const gap = { reason: 'trimmed', from: place(1), to: place(9) } as const;
    expect(gapFrom(gap, place(2))).toEqual({
      reason: 'trimmed',
      from: 'e1:2:id2',
      to: 'e1:9:id9',
    });
  });

  it('a position that was kept is read back', () => {
    expect(positionFrom('e1:3:id3')).toEqual(place(3));
  });

  it.each(['', 'e1', 'e1:x:id', '{"epoch":"e1"}'])('%j is no position', (text) => {
    expect(() => positionFrom(text)).toThrow(
      expect.objectContaining({ code: 'POSITION_INVALID', retryable: false }),
    );
  });
});
