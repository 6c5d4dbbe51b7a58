import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import type { Resume } from '../../../src/wire/index.ts';
import { fill, filled, place } from '../channel/filled.ts';
import { openPolicy, settled, startWorld } from '../world.ts';

function resume(id: number, channels: Resume['channels']): Resume {
  return { type: 'resume', id, channels };
}

describe('many channels at once', () => {
  it('each is answered as a subscription of its own', async () => {
    const world = await filled(4);
    const client = await world.enter();
    const since = place(world, 2);
    client.say(resume(7, [{ channel: 'news', since }, { channel: 'other' }]));
    await settled();
    expect(client.all('subscribed')).toMatchObject([
      { id: 7, channel: 'other', position: { offset: 0 } },
      { id: 7, channel: 'news', position: since },
    ]);
    expect(client.all('publication').map(({ publication }) => publication.data)).toEqual([3, 4]);
    expect(client.all('caughtUp').map(({ channel }) => channel)).toEqual(['other', 'news']);
    client.told();
    fill(world, 5, 5);
    expect(client.told()).toEqual(['publication 5']);
  });

  it('each is refused for itself, by its name', async () => {
    const policy: Policy = { ...openPolicy, subscribe: ({ channel }) => channel !== 'secret' };
    const { enter, broker, hub } = await startWorld({ policy, limits: { maxSubscriptions: 3 } });
    const client = await enter();
    broker.failNext('follow', new Error('busy'));
    const names = ['broken', 'secret', 'a', 'a', 'b'];
    client.say(
      resume(
        1,
        [...names, 'no name'].map((channel) => ({ channel })),
      ),
    );
    await settled();
    expect(client.all('error').map(({ id, channel, code }) => [id, channel, code])).toEqual([
      [1, 'a', 'ALREADY_SUBSCRIBED'],
      [1, 'b', 'TOO_MANY_SUBSCRIPTIONS'],
      [1, 'no name', 'CHANNEL_INVALID'],
      [1, 'secret', 'FORBIDDEN'],
      [1, 'broken', 'BROKER_UNAVAILABLE'],
    ]);
    expect(client.all('subscribed').map(({ channel }) => channel)).toEqual(['a']);
    expect(hub.view()).toEqual({ sessions: 1, channels: 1, subscriptions: 1 });
  });

  it('D11: whoever may not read any more is refused, with its position in hand', async () => {
    let may = true;
    const world = await filled(3, { policy: { ...openPolicy, subscribe: () => may } });
    const client = await world.enter();
    may = false;
    const since = place(world, 1);
    client.say(resume(9, [{ channel: 'news', since }]));
    await settled();
    client.subscribe('news', since);
    client.history('news', 10, since);
    await settled();
    expect(client.got.map(({ type }) => type)).toEqual(['error', 'error', 'error']);
    expect(client.all('error').every(({ code }) => code === 'FORBIDDEN')).toBe(true);
  });
});
