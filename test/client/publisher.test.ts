import { describe, expect, it } from 'vitest';
import type { KeepPort, KeptStay, OutboxKeeper } from '../../src/client/keeping.ts';
import { failure, startWorld, turn } from './world.ts';

function kept({ firstId = 0, stay }: { firstId?: number; stay?: KeptStay } = {}) {
  let port: KeepPort | undefined;
  const welcomes: unknown[] = [];
  const keeper: OutboxKeeper = {
    isKeeping: true,
    firstId,
    begin: () => Promise.resolve(stay),
    open: () => Promise.resolve(undefined),
    save: () => Promise.resolve(),
    welcomed: (given, user) => welcomes.push([given, user]),
    part: () => undefined,
    close: () => undefined,
  };
  const world = startWorld({
    keep: (given) => {
      port = given;
      return keeper;
    },
  });
  return { ...world, port: port!, welcomes };
}

describe('an outbox and a session that are kept', () => {
  it('the keeper sees what has to outlive the page', () => {
    const { client, port } = kept();
    void client.publish('room', 1).catch(() => undefined);
    expect(port.look().lanes).toMatchObject([{ channel: 'room', letters: [{ seq: 0 }] }]);
  });

  it('nothing is connected before it is known which session goes on, and then that one does', async () => {
    const stay = { session: 's9', secret: 'y'.repeat(22) };
    const { roads } = kept({ stay, firstId: 500 });
    expect(roads).toEqual([]);
    await turn();
    roads[0]!.resumed();
    expect(roads[0]!.last('hello').resume).toEqual(stay);
    expect(roads[0]!.last('ping').id).toBeGreaterThan(500);
  });

  it('the keeper is told of each welcome', async () => {
    const { road, welcomes } = kept();
    await turn();
    road().welcome('bob');
    expect(welcomes).toEqual([[{ session: 's1', secret: 'x'.repeat(22) }, 'bob']]);
  });

  it('closed before that, it does not connect', async () => {
    const { client, roads } = kept();
    client.close();
    await turn();
    expect(roads).toEqual([]);
  });

  it('what fails to be kept is said by the client', () => {
    const { client, port } = kept();
    const told: unknown[] = [];
    client.on('storageFailed', ({ code, retryable }) => told.push([code, retryable]));
    port.failed(new Error('full'));
    expect(told).toEqual([['STORAGE_FAILED', true]]);
  });

  it('at the end what waits is rejected', async () => {
    const { client } = kept();
    const waiting = failure(client.publish('room', 1));
    client.close();
    expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' });
  });
});
