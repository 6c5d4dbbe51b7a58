import { describe, expect, it } from 'vitest';
import { noChecks } from '../../../src/client/app/checks.ts';
import { Home } from '../../../src/client/app/home.ts';
import { startBed } from './world.ts';

const room = { name: 'chat/1', options: undefined, checks: noChecks };

describe('what all channels share', () => {
  it('is a client that is made when it is first needed, once', async () => {
    const { bed, clientOf } = await startBed();
    let made = 0;
    const home = new Home(() => {
      made += 1;
      return clientOf('ada');
    });
    expect([home.known, made]).toEqual([undefined, 0]);
    const { client } = home;
    expect([home.client, home.known, made]).toEqual([client, client, 1]);
    expect(new Home(client).known).toBe(client);
    bed.close();
  });

  it('follows a channel and its roster, each once', async () => {
    const { bed, clientOf } = await startBed();
    const home = new Home(clientOf('ada'));
    const seat = home.follow(room);
    expect(home.look(room)?.subscription).toBe(seat.subscription);
    const roster = home.followRoster(room);
    expect(roster.subscription).not.toBe(seat.subscription);
    expect(home.followRoster(room).subscription).toBe(roster.subscription);
    bed.close();
  });

  it('the options of the first count', async () => {
    const { bed, clientOf } = await startBed();
    const client = clientOf('bob');
    const { position } = await Promise.all([client.publish('chat/1', 'a'), bed.advance(100)]).then(
      ([first]) => first,
    );
    void client.publish('chat/1', 'b');
    await bed.advance(100);
    const home = new Home(clientOf('ada'));
    const heard: unknown[] = [];
    home
      .follow({ ...room, options: { since: position } })
      .subscription.on('publication', ({ data }) => heard.push(data));
    await bed.advance(100);
    expect(heard).toEqual(['b']);
    bed.close();
  });

  it('what cannot be followed is thrown to who follows, and nothing to who looks', async () => {
    const { bed, clientOf } = await startBed();
    const client = clientOf('ada');
    const home = new Home(client);
    client.close();
    expect(() => home.follow(room)).toThrow(expect.objectContaining({ code: 'CLIENT_CLOSED' }));
    expect(home.look(room)).toBeUndefined();
    bed.close();
  });
});
