import { describe, expect, it } from 'vitest';
import type { Refused } from '../../src/wire/index.ts';
import { connectedWorld, failure, startWorld, turn, type World } from './world.ts';

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

function comeBack({ road, clock }: World, isSameSession: boolean): void {
  road().end();
  clock.advance(500);
  if (isSameSession) {
    road().resumed();
  } else {
    road().welcome();
  }
}

describe('a call', () => {
  it('gives the answer of the server, and what was said on the way', async () => {
    const { client, road } = connectedWorld();
    const progress: unknown[] = [];
    const answer = client.call('sum', [1, 2], {
      onProgress: (data, seq) => progress.push([seq, data]),
    });
    const { id } = road().last('call');
    expect(road().last('call')).toEqual({
      type: 'call',
      id,
      method: 'sum',
      data: [1, 2],
      withinMs: 10_000,
    });
    road().say({ type: 'progress', id, seq: 1, data: 'half' });
    road().say({ type: 'reply', id, data: 3 });
    road().say({ type: 'progress', id, seq: 2, data: 'late' });
    expect(await answer).toBe(3);
    expect(progress).toEqual([[1, 'half']]);
  });

  it('names the channel that it is about', async () => {
    const { client, road } = connectedWorld();
    void failure(client.call('rename', 'Attic', { channel: 'room/7' }));
    expect(road().last('call')).toMatchObject({ method: 'rename', channel: 'room/7' });
    await expect(client.call('rename', 'Attic', { channel: 'a b' })).rejects.toMatchObject({
      code: 'CHANNEL_INVALID',
    });
    expect(road().all('call')).toHaveLength(1);
    client.close();
  });

  it('rejects with what the policy of the server says, and when to try again', async () => {
    const { client, road } = connectedWorld();
    const failed = failure(client.call('sum', null));
    const { id } = road().last('call');
    const refused = { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 40, details: [1] };
    road().say({ type: 'error', id, message: 'slower', ...refused } as Refused);
    expect(await failed).toMatchObject(refused);
  });

  it('rejects with what the server says', async () => {
    const { client, road } = connectedWorld();
    const failed = failure(client.call('sum', null));
    const { id } = road().last('call');
    const message = 'it broke';
    road().say({ type: 'error', id, code: 'CALL_FAILED', message, retryable: false });
    expect(await failed).toMatchObject({ code: 'CALL_FAILED', message });
  });

  it('is sent again with the same id when the session goes on, and its handler runs once', async () => {
    const world = connectedWorld();
    const answer = world.client.call('sum', 1);
    const { id } = world.road().last('call');
    comeBack(world, true);
    expect(world.road().all('call')).toMatchObject([{ id, method: 'sum', data: 1 }]);
    world.road().say({ type: 'reply', id, data: 2 });
    expect(await answer).toBe(2);
  });

  it('is OUTCOME_UNKNOWN when it was sent and the session is another; what was not sent is sent', async () => {
    const world = connectedWorld(steady);
    const lost = failure(world.client.call('one', 1));
    world.road().end();
    void world.client.call('two', 2);
    world.clock.advance(500);
    world.road().welcome();
    expect(await lost).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    expect(world.road().all('call')).toMatchObject([{ method: 'two' }]);
  });

  it('is OUTCOME_UNKNOWN when it was sent before, and now the server says that it did not begin it', async () => {
    for (const code of [
      'BROKER_UNAVAILABLE',
      'TOO_MANY_REQUESTS',
      'FORBIDDEN',
      'METHOD_UNKNOWN',
      'CHANNEL_INVALID',
      'EVENT_UNKNOWN',
      'PAYLOAD_INVALID',
      'RATE_LIMITED',
    ] as const) {
      const world = connectedWorld(steady);
      const refuse = (): void => {
        const { id } = world.road().last('call');
        world.road().say({ type: 'error', id, code, message: 'no', retryable: true });
      };
      const once = failure(world.client.call('one', 1));
      refuse();
      expect(await once).toMatchObject({ code, retryable: true });
      const twice = failure(world.client.call('one', 1));
      comeBack(world, true);
      refuse();
      expect(await twice).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    }
  });

  it('sent again, it is what the server says of how it ended', async () => {
    for (const code of ['ANSWER_UNKNOWN', 'CALL_FAILED', 'CALL_TOO_LATE'] as const) {
      const world = connectedWorld(steady);
      const twice = failure(world.client.call('one', 1));
      comeBack(world, true);
      const { id } = world.road().last('call');
      world.road().say({ type: 'error', id, code, message: 'no', retryable: false });
      expect(await twice).toMatchObject({ code });
    }
  });

  it('has so much time and no more: sent it is unknown and cancelled, not sent it may be repeated', async () => {
    const world = connectedWorld(steady);
    const sent = failure(world.client.call('one', 1, { withinMs: 1_000 }));
    world.clock.advance(999);
    expect(world.road().all('cancel')).toEqual([]);
    world.clock.advance(1);
    expect(await sent).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(world.road().all('cancel')).toEqual([
      { type: 'cancel', id: world.road().last('call').id },
    ]);
    const offline = startWorld();
    const unsent = failure(offline.client.call('one', 1, { withinMs: 1_000 }));
    offline.clock.advance(1_000);
    expect(await unsent).toMatchObject({ code: 'NOT_CONNECTED', retryable: true });
  });

  it('can be given up: the server is told, and the answer means nothing', async () => {
    const { client, road } = connectedWorld();
    const controller = new AbortController();
    const given = failure(client.call('one', 1, { signal: controller.signal }));
    const { id } = road().last('call');
    controller.abort();
    expect(await given).toMatchObject({ code: 'CALL_CANCELLED' });
    expect(road().all('cancel')).toEqual([{ type: 'cancel', id }]);
    road().say({ type: 'reply', id, data: 1 });
    expect(client.status).toBe('connected');
  });

  it('given up before it began, nothing is sent', async () => {
    const { client, road } = connectedWorld();
    const given = failure(client.call('one', 1, { signal: AbortSignal.abort() }));
    expect(await given).toMatchObject({ code: 'CALL_CANCELLED' });
    expect(road().all('call')).toEqual([]);
  });

  it('is OUTCOME_UNKNOWN when the client is closed after it was sent', async () => {
    const { client } = connectedWorld();
    const lost = failure(client.call('one', 1));
    await turn();
    client.close();
    expect(await lost).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await failure(client.call('one', 1))).toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  it('a deadline that no timer can hold is REQUEST_INVALID', async () => {
    const { client, road } = connectedWorld();
    const invalid = failure(client.call('one', 1, { withinMs: 2 ** 31 }));
    expect(await invalid).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(road().all('call')).toEqual([]);
  });
});
