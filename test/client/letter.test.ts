import { describe, expect, it } from 'vitest';
import {
  closedBefore,
  entryOf,
  keptOf,
  type Letter,
  newLetter,
  unknownAtClose,
} from '../../src/client/letter.ts';

const nothing = (): void => undefined;
const letter: Letter = {
  id: 3,
  message: { type: 'publish', channel: 'room', data: 'hi' },
  size: 20,
  tag: undefined,
  untilMs: 7,
  isInherited: false,
  seq: 2,
  inDoubt: false,
  askedId: 5,
  verdict: undefined,
  status: 'sent',
  resolve: nothing,
  reject: nothing,
  cancelAge: nothing,
};

describe('a letter', () => {
  it('the application sees what it published, and how it stands', () => {
    expect(entryOf(letter)).toEqual({ id: 3, channel: 'room', data: 'hi', status: 'sent' });
    expect(entryOf({ ...letter, tag: 'mine' })).toMatchObject({ tag: 'mine' });
  });

  it('what is kept of it can be copied by a database', () => {
    const kept = keptOf(letter);
    expect(structuredClone(kept)).toEqual(kept);
    expect(kept).toMatchObject({ seq: 2, untilMs: 7, size: 20 });
  });

  it('begins as it was kept: what has a number may be in the log already', () => {
    const more = { id: 9, isInherited: true, resolve: nothing, reject: nothing };
    const again = newLetter(keptOf(letter), more);
    expect(again).toMatchObject({ id: 9, status: 'sent', inDoubt: true, askedId: 0, seq: 2 });
    const unsent = newLetter({ ...keptOf(letter), seq: 0 }, more);
    expect(unsent).toMatchObject({ status: 'queued', inDoubt: false });
  });

  it('when the client is closed, the error says whether it may be in the log', () => {
    expect([unknownAtClose().code, closedBefore().code]).toEqual([
      'OUTCOME_UNKNOWN',
      'CLIENT_CLOSED',
    ]);
  });
});
