import { describe, expect, it } from 'vitest';
import {
  closedBefore,
  entryOf,
  keptOf,
  type Letter,
  unknownAtClose,
} from '../../src/client/letter.ts';

const nothing = (): void => undefined;
const letter: Letter = {
  id: 3,
  message: { type: 'publish', channel: 'room', data: 'hi' },
  size: 20,
  tag: undefined,
  atMs: 7,
  seq: 2,
  inDoubt: false,
  askedId: 5,
  verdict: undefined,
  status: 'sent',
  resolve: nothing,
  reject: nothing,
  cancelAge: nothing,
  cancelReply: nothing,
};

describe('a letter', () => {
  it('the application sees what it published, and how it stands', () => {
    expect(entryOf(letter)).toEqual({ id: 3, channel: 'room', data: 'hi', status: 'sent' });
    expect(entryOf({ ...letter, tag: 'mine' })).toMatchObject({ tag: 'mine' });
  });

  it('what is kept of it can be copied by a database', () => {
    const kept = keptOf(letter);
    expect(structuredClone(kept)).toEqual(kept);
    expect(kept).toMatchObject({ seq: 2, atMs: 7, size: 20 });
  });

  it('when the client is closed, the error says whether it may be in the log', () => {
    expect([unknownAtClose().code, closedBefore().code]).toEqual([
      'OUTCOME_UNKNOWN',
      'CLIENT_CLOSED',
    ]);
  });
});
