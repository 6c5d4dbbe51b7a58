import { expect, it } from 'vitest';
import { jsonSubprotocol, wireVersion } from '../../src/wire/messages.ts';

it('the version is 1, and the subprotocol says so', () => {
  expect(wireVersion).toBe(1);
  expect(jsonSubprotocol).toBe('tautline.v1.json');
});
