import { describe, expect, it } from 'vitest';
import type { KeepPort, OutboxKeeper } from '../../src/client/keeping.ts';
import { publishing } from '../../src/client/publishing.ts';
import { connectedCore } from './core-world.ts';
import { failure } from './world.ts';

describe('an outbox that is kept', () => {
  function kept() {
    const world = connectedCore();
    let port: KeepPort | undefined;
    const keeper: OutboxKeeper = {
      isKeeping: true,
      open: () => Promise.resolve(undefined),
      save: () => Promise.resolve(),
      close: () => undefined,
    };
    const outbox = publishing(world.client, {
      keep: (given) => {
        port = given;
        return keeper;
      },
    });
    return { ...world, ...outbox, port: port! };
  }

  it('shows its keeper what has to outlive the page', () => {
    const { publish, port } = kept();
    void publish('room', 1).catch(() => undefined);
    expect(port.look().lanes).toMatchObject([{ channel: 'room', letters: [{ seq: 0 }] }]);
  });

  it('what fails to be kept is said by the client', () => {
    const { client, port } = kept();
    const told: unknown[] = [];
    client.on('storageFailed', ({ code, retryable }) => told.push([code, retryable]));
    port.failed(new Error('full'));
    expect(told).toEqual([['STORAGE_FAILED', true]]);
  });

  it('at the end what waits is rejected', async () => {
    const { client, publish } = kept();
    const waiting = failure(publish('room', 1));
    client.close();
    expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' });
  });
});
