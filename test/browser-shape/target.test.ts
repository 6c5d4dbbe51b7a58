import { expect, it } from 'vitest';
import { TypedTarget } from '../../src/browser-shape/target.ts';

it('is EventTarget itself, so that instanceof and its prototype hold', () => {
  expect(TypedTarget).toBe(EventTarget);
});
