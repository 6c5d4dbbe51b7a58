import { expect, it } from 'vitest';
import { CallError } from '../../../src/hub/calls/methods.ts';

it('a CallError carries what the caller is to hear', () => {
  const error = new CallError('no seat is left', { seats: 0 });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'CallError',
    message: 'no seat is left',
    details: { seats: 0 },
  });
  expect(new CallError('only words').details).toBeUndefined();
});
