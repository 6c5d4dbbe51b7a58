import { expect, it } from 'vitest';
import { binarySubprotocol, jsonSubprotocol, wireVersion } from '../../src/wire/messages.ts';

it('the version is 1, and the subprotocols say so', () => {
  expect(wireVersion).toBe(1);
  expect(jsonSubprotocol).toBe('tautline.v1.json');
  expect(binarySubprotocol).toBe('tautline.v1.binary');
});
