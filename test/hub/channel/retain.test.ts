/** What becomes of readers where a channel keeps little. */
import { describe, expect, it } from 'vitest';
import { memory } from '../../../src/brokers/memory.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { settled, startWorld } from '../world.ts';

describe('a channel that keeps few entries', () => {
  const channels = (name: string): object => (name === 'few' ? { retain: { entries: 2 } } : {});

  it('has a gap for whoever was away for longer, whoever published; others have theirs whole', async () => {
    const { hub, enter } = await startWorld({ broker: memory(), channels });
    const client = await enter();
    const since: Record<string, Awaited<ReturnType<typeof hub.publish>>> = {};
    for (const channel of ['few', 'many']) {
      since[channel] = await hub.publish(channel, 1);
      client.publish(channel, 2);
      await settled();
      await hub.publish(channel, 3);
      await hub.publish(channel, 4);
    }
    client.told();
    client.subscribe('few', since['few']);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 2 gap trimmed 1',
      'publication 3',
      'publication 4',
      'caughtUp 4',
    ]);
    client.subscribe('many', since['many']);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 1',
      'publication 2',
      'publication 3',
      'publication 4',
      'caughtUp 4',
    ]);
    client.history('few', 10);
    await settled();
    expect(client.all('historyPage')[0]!.publications.map(({ data }) => data)).toEqual([3, 4]);
  });

  it('and none for whoever was not', async () => {
    const { hub, enter } = await startWorld({ broker: memory(), channels });
    const client = await enter();
    await hub.publish('few', 1);
    const since = await hub.publish('few', 2);
    await hub.publish('few', 3);
    client.subscribe('few', since);
    await settled();
    expect(client.told()).toEqual(['subscribed 2', 'publication 3', 'caughtUp 3']);
  });
});

it('a channel that keeps entries for a time has a gap after it', async () => {
  const clock = new ManualClock();
  const broker = memory({ nowMs: () => clock.nowMs() });
  const channels = (): object => ({ retain: { ageMs: 1_000 } });
  const { hub, enter } = await startWorld({ clock, broker, channels });
  const since = await hub.publish('brief', 1);
  await hub.publish('brief', 2);
  clock.advance(1_001);
  await settled();
  await hub.publish('brief', 3);
  const client = await enter();
  client.subscribe('brief', since);
  await settled();
  expect(client.told()).toEqual(['subscribed 2 gap trimmed 1', 'publication 3', 'caughtUp 3']);
});
