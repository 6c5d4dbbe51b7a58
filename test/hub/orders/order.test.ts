import { describe, expect, it } from 'vitest';
import {
  orderFrom,
  positionFrom,
  recheckOf,
  revokeOf,
  whyOf,
} from '../../../src/hub/orders/order.ts';
import { disconnects, messageLimits } from '../../../src/wire/index.ts';

const longest = 'x'.repeat(messageLimits.userLength);

describe('an order', () => {
  it('ends sessions as REVOKED, with its reason where it has one', () => {
    expect(whyOf(revokeOf('1', { user: 'ann' }, {}))).toBe(disconnects.REVOKED);
    expect(whyOf(revokeOf('1', { user: 'ann' }, { reason: 'bye' }))).toEqual({
      ...disconnects.REVOKED,
      reason: 'bye',
    });
  });

  it.each([
    revokeOf('1', { user: 'ann' }, {}),
    revokeOf('2', { user: '' }, { reason: 'é'.repeat(61) }),
    revokeOf('3', { session: longest }, { reason: '' }),
    recheckOf('4', {}),
    recheckOf('5', { user: 'ann', channel: 'news' }),
  ])('%j is the same after it has travelled', (order) => {
    expect(orderFrom(JSON.parse(JSON.stringify(order)))).toEqual(order);
  });

  it.each([
    undefined,
    null,
    7,
    'revoke',
    {},
    { kind: 'revoke', user: 'ann' },
    { id: 1, kind: 'revoke', user: 'ann' },
    { id: '1', kind: 'revoke' },
    { id: '1', kind: 'revoke', user: 'ann', session: 's' },
    { id: '1', kind: 'revoke', user: `${longest}x` },
    { id: '1', kind: 'revoke', user: 'ann', reason: 'é'.repeat(62) },
    { id: '1', kind: 'recheck', user: 1 },
    { id: '1', kind: 'recheck', channel: {} },
    { id: '1', kind: 'dance' },
  ])('%j is none', (value) => {
    expect(orderFrom(value)).toBeUndefined();
  });

  it('stands somewhere, if another node says where', () => {
    const position = { epoch: 'e', offset: 3, id: 'p' };
    expect(positionFrom({ ...position, more: 1 })).toEqual(position);
    for (const none of [
      undefined,
      null,
      {},
      { ...position, offset: '3' },
      { ...position, id: 1 },
    ]) {
      expect(positionFrom(none)).toBeUndefined();
    }
  });
});
