import { expect, it } from 'vitest';
import { asking, type Whom } from '../../src/hub/whom.ts';

it('a question has the user’s name, and what is known of it, if anything is', () => {
  const whom: Whom = { user: 'ann', guest: undefined };
  expect(asking(whom)).toStrictEqual({ user: 'ann' });
  whom.guest = null;
  expect(asking(whom)).toStrictEqual({ user: 'ann', guest: null });
});
