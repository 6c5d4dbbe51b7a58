import { describe, expect, it } from 'vitest';
import { askedChannel } from '../../../src/hub/presence/asked-channel.ts';
import { inboxOf } from '../../../src/hub/unicast/inbox.ts';

describe('what a client means by a name', () => {
  it('an ordinary channel is itself, by the question of subscribe', () => {
    expect(askedChannel('news', 'ann')).toEqual({
      channel: 'news',
      question: { of: 'subscribe', channel: 'news' },
    });
  });

  it('its inbox is that of its user, and is asked of nobody', () => {
    expect(askedChannel('~inbox', 'ann')).toEqual({ channel: inboxOf('ann'), kind: 'log' });
  });

  it('a roster is state, by the question of the roster of its channel', () => {
    expect(askedChannel('~roster:news', 'ann')).toEqual({
      channel: '~roster:news',
      kind: 'state',
      question: { of: 'roster', channel: 'news' },
    });
  });

  it.each([
    '~',
    '~other',
    '~roster:',
    '~roster:~inbox',
    '~roster:~roster:news',
    '~Inbox',
    '~inbox2',
    inboxOf('bob'),
    inboxOf('ann'),
    '~node:n1',
    '',
    'a b',
    `~roster:${'x'.repeat(193)}`,
  ])('%j is nothing that a client may name', (name) => {
    expect(askedChannel(name, 'ann')).toBeUndefined();
  });
});
