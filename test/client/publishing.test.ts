import { describe, expect, it } from 'vitest';
import { publishing } from '../../src/client/publishing.ts';
import { connectedCore, startCore } from './core-world.ts';
import { failure, place } from './world.ts';

describe('publishing beside the core', () => {
  it('what was published without a connection is sent by the next, numbered', async () => {
    const { client, road } = startCore();
    const { publish, outbox } = publishing(client);
    const first = publish('room', 1);
    const second = publish('room', 2, { event: 'said' });
    expect(outbox.entries.map(({ status }) => status)).toEqual(['queued', 'queued']);
    road().welcome();
    const sent = road().all('publish');
    expect(sent.map(({ data, producer }) => [data, producer?.seq])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    for (const [at, { id }] of sent.entries()) {
      road().say({ type: 'appended', id, position: place(at + 1) });
    }
    expect(await first).toEqual({ position: 'e1:1:id1', id: 'id1' });
    expect(await second).toEqual({ position: 'e1:2:id2', id: 'id2' });
    expect(outbox.entries).toEqual([]);
  });

  it('loaded late, it publishes by the present connection', () => {
    const { client, road } = connectedCore();
    void publishing(client).publish('room', 1);
    expect(road().all('publish')).toHaveLength(1);
  });

  it('a lost connection repeats it under the same number', () => {
    const { client, clock, road } = connectedCore();
    void publishing(client).publish('room', 1);
    const { producer } = road().last('publish');
    road().end();
    clock.advance(250);
    road().resumed();
    expect(road().last('publish').producer).toEqual(producer);
  });

  it('a refusal is the outbox’s own, and no other’s', async () => {
    const { client, road } = connectedCore();
    const refused = failure(publishing(client).publish('room', 1));
    const { id } = road().last('publish');
    const why = { code: 'FORBIDDEN', message: 'no', retryable: false } as const;
    road().say({ type: 'error', id, ...why });
    expect(await refused).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('two outboxes of one client number for themselves', () => {
    const { client, road } = connectedCore();
    void publishing(client).publish('room', 1);
    void publishing(client).publish('room', 2);
    const producers = road()
      .all('publish')
      .map(({ producer }) => producer!);
    expect(producers.map(({ seq }) => seq)).toEqual([1, 1]);
    expect(producers[0]!.name).not.toBe(producers[1]!.name);
  });

  it('has limits of its own', async () => {
    const { client } = startCore();
    const { publish } = publishing(client, { outboxMaxMessages: 1 });
    void publish('room', 1).catch(() => undefined);
    expect(await failure(publish('room', 2))).toMatchObject({ code: 'OUTBOX_FULL' });
    expect(() => publishing(client, { outboxMaxBytes: 0 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    client.close();
    expect(await failure(publish('room', 3))).toMatchObject({ code: 'CLIENT_CLOSED' });
    expect(await failure(publish('a b', 3))).toMatchObject({ code: 'CHANNEL_INVALID' });
  });
});
