import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/client/history.ts';
import { connectedCore, startCore } from './core-world.ts';
import { entry, failure, place } from './world.ts';

describe('history beside the core', () => {
  it('reads a page after a position', async () => {
    const { client, road } = connectedCore();
    const reading = readHistory(client, 'room', { after: 'e1:1:id1', limit: 2 });
    const { id, ...asked } = road().last('history');
    expect(asked).toEqual({ type: 'history', channel: 'room', limit: 2, after: place(1) });
    const publications = [entry(2), entry(3)];
    road().say({
      type: 'historyPage',
      id,
      channel: 'room',
      publications,
      top: place(9),
      more: true,
    });
    const page = await reading;
    expect(page.publications.map(({ data, position }) => [data, position])).toEqual([
      [2, 'e1:2:id2'],
      [3, 'e1:3:id3'],
    ]);
    expect([page.top, page.more, page.gap]).toEqual(['e1:9:id9', true, undefined]);
  });

  it('all readers of one client share its limit', async () => {
    const { client } = startCore({ maxPending: 1 });
    void readHistory(client, 'room').catch(() => undefined);
    expect(await failure(readHistory(client, 'room'))).toMatchObject({ code: 'TOO_MANY_PENDING' });
  });

  it.each([
    ['a b', {}, 'CHANNEL_INVALID'],
    ['room', { after: 'x' }, 'POSITION_INVALID'],
    ['room', { limit: 0 }, 'REQUEST_INVALID'],
  ])('%s %j is %s', async (channel, query, code) => {
    const { client } = connectedCore();
    expect(await failure(readHistory(client, channel, query))).toMatchObject({ code });
  });

  it('of a client that is closed nothing is read', async () => {
    const { client } = connectedCore();
    client.close();
    expect(await failure(readHistory(client, 'room'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  });
});
