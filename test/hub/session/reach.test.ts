import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import { openPolicy, settled, startWorld } from '../world.ts';

describe('D15: what a client reaches by a name', () => {
  it.each(['', 'a b', '~', '~x', '~user:b.c5n6s', '~signal:news', '~roster:', '~roster:~inbox'])(
    'nothing by %j',
    async (channel) => {
      const { enter, broker } = await startWorld();
      const client = await enter();
      const asked = broker.busCalls.length;
      client.subscribe(channel);
      client.history(channel, 1);
      client.unsubscribe(channel);
      await settled();
      expect(client.told()).toEqual([1, 2, 3].map((id) => `error ${id} CHANNEL_INVALID`));
      expect([broker.calls, broker.busCalls.length]).toEqual([['start'], asked]);
    },
  );

  it('its own inbox, whoever else asks by the same name, and no policy is asked', async () => {
    const { enter, hub } = await startWorld({ policy: { connect: ({ token }) => token } });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    for (const client of [ann, bob]) {
      client.subscribe('~inbox');
    }
    await settled();
    ann.told();
    bob.told();
    await hub.toUser('ann', 'for ann');
    await hub.toUser('bob', 'for bob');
    expect([ann.got, bob.told()]).toMatchObject([
      [{ type: 'publication', channel: '~inbox' }],
      ['publication for bob'],
    ]);
    ann.told();
    ann.history('~inbox', 10);
    await settled();
    expect(ann.all('historyPage')[0]!.publications.map(({ data }) => data)).toEqual(['for ann']);
  });

  it('its inbox and rosters as they are: what is shown of the application’s channels is no question of theirs', async () => {
    const see = ({ channel }: { readonly channel: string }): boolean => {
      expect(channel).toBe('news');
      return false;
    };
    const policy: Policy = { ...openPolicy, roster: () => true, enter: () => true, see };
    const { enter, engine, hub, failures } = await startWorld({ policy });
    const client = await enter('ann');
    for (const channel of ['news', '~inbox', '~roster:news']) {
      client.subscribe(channel);
    }
    await settled();
    client.told();
    engine.append('news', 'hidden');
    await hub.toUser('ann', 'for you');
    client.say({ type: 'enter', id: 9, channel: 'news', data: 'here' });
    await settled();
    const told = client.all('publication').map(({ channel }) => channel);
    expect([told, failures]).toEqual([['~inbox', '~roster:news'], []]);
  });

  it('a roster, if the policy lets it see that one', async () => {
    const asked: unknown[] = [];
    const roster = (request: { channel: string }): boolean => {
      asked.push(request);
      return request.channel === 'news';
    };
    const policy: Policy = { ...openPolicy, roster, enter: () => true };
    const { enter, clock, hub } = await startWorld({ policy });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    ann.subscribe('~roster:news');
    ann.subscribe('~roster:secret');
    await settled();
    expect(asked).toEqual([
      { user: 'ann', channel: 'news' },
      { user: 'ann', channel: 'secret' },
    ]);
    expect(ann.told()).toEqual(['error 2 FORBIDDEN', 'subscribed 0 snapshot', 'caughtUp 0']);
    bob.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    expect(bob.all('entered')).toMatchObject([{ id: 1, position: { offset: 1 } }]);
    expect(ann.all('publication')).toMatchObject([
      { channel: '~roster:news', publication: { data: { user: 'bob', data: 'here' } } },
    ]);
    ann.told();
    // Its client may come back: it leaves when its time is over.
    bob.desk.closed();
    await settled();
    for (let i = 0; i < 23; i += 1) {
      clock.advance(5_000);
      await settled();
    }
    expect(ann.told()).toEqual([]);
    clock.advance(5_000);
    await settled();
    expect(ann.told()).toEqual([expect.stringMatching(/=removed$/)]);
    expect(hub.view().sessions).toBe(1);
  });

  it('as a member that comes back in time it never left', async () => {
    const policy: Policy = { ...openPolicy, enter: () => true };
    const { connect, engine, clock } = await startWorld({ policy });
    const client = connect();
    client.hello();
    await settled();
    const [welcome] = client.all('welcome');
    client.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    client.desk.closed();
    await settled();
    const again = connect();
    again.say({ type: 'hello', version: 1, capabilities: [], resume: welcome! });
    await settled();
    for (let i = 0; i < 40; i += 1) {
      clock.advance(5_000);
      await settled();
    }
    expect(engine.log('~roster:news').entries).toHaveLength(1);
    again.say({ type: 'exit', id: 2, channel: 'news' });
    await settled();
    expect(engine.log('~roster:news').entries).toMatchObject([{}, { removed: true }]);
  });
});
