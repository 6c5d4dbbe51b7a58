import { describe, expect, it } from 'vitest';
import { phases } from '../../../src/hub/session/phases.ts';

describe('the life of a session', () => {
  it('goes one way, and can end from everywhere but the end', () => {
    expect(phases).toEqual({
      awaitingHello: { hello: 'admitting', end: 'gone' },
      admitting: { admit: 'open', end: 'gone' },
      open: { end: 'gone' },
      gone: {},
    });
  });
});
