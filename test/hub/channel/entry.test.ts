import { describe, expect, it } from 'vitest';
import { entryFor, gapMessage, heldBytes } from '../../../src/hub/channel/entry.ts';

const publication = { offset: 2, id: 'b', prev: { offset: 1, id: 'a' }, data: 'x', atMs: 0 };

describe('what a channel tells', () => {
  it('is one message for all, with its position', () => {
    const entry = entryFor('news', 'e1', publication);
    expect(entry.position).toEqual({ epoch: 'e1', offset: 2, id: 'b' });
    expect(entry.message.value).toEqual({ type: 'publication', channel: 'news', publication });
    const at = entry.position;
    const gap = { reason: 'trimmed', from: at, to: at } as const;
    expect(gapMessage('news', gap).value).toEqual({ type: 'gap', channel: 'news', gap });
  });

  it('costs what its data take, measured once however many hold it', () => {
    let measured = 0;
    const data = {
      toJSON(): string {
        measured += 1;
        return 'x'.repeat(998);
      },
    };
    const entry = entryFor('news', 'e1', { ...publication, data });
    expect([heldBytes(entry), heldBytes(entry), measured]).toEqual([1_200, 1_200, 1]);
    const bytes = entryFor('news', 'e1', { ...publication, data: new Uint8Array(500) });
    expect(heldBytes(bytes)).toBe(700);
  });
});
