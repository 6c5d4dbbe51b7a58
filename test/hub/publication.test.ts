import { describe, expect, it } from 'vitest';
import type { ChannelOptions } from '../../src/hub/index.ts';
import { startWorld } from './world.ts';

const channels = (name: string): ChannelOptions =>
  name === 'state' ? { kind: 'state' } : { kind: name === 'signals' ? 'signals' : 'log' };

describe('what the server’s own code may publish', () => {
  it.each([
    ['CHANNEL_INVALID', '~inbox', {}],
    ['CHANNEL_INVALID', '~roster:news', {}],
    ['EVENT_INVALID', 'news', { event: '' }],
    ['EVENT_INVALID', 'news', { event: 'x'.repeat(65) }],
    ['KIND_MISMATCH', 'news', { key: 'k' }],
    ['KIND_MISMATCH', 'state', {}],
    ['KIND_MISMATCH', 'signals', {}],
    ['KEY_INVALID', 'state', { key: '' }],
    ['KEY_INVALID', 'state', { key: 'x'.repeat(257) }],
  ])('%s: %s with %j', async (code, channel, options) => {
    const { hub, broker } = await startWorld({ channels });
    await expect(hub.publish(channel, 1, options)).rejects.toMatchObject({ code });
    expect(broker.calls).toEqual(['start']);
  });

  it('up to the limits, with all that belongs to it', async () => {
    const { hub, engine } = await startWorld({ channels });
    const event = 'x'.repeat(64);
    const key = 'k'.repeat(256);
    await hub.publish('state', { a: 1 }, { event, key, by: 'ann' });
    await hub.publish('state', 'gone', { key, removed: true });
    const [first, second] = engine.log('state').entries;
    expect(first).toMatchObject({ data: { a: 1 }, event, key, by: 'ann' });
    expect(second).toMatchObject({ data: null, key, removed: true });
  });

  it('may be bytes, and is a copy: what the caller does to its own later changes nothing', async () => {
    const { hub, engine } = await startWorld({ limits: { maxDataBytes: 3 } });
    const data = Uint8Array.of(1, 2, 3);
    const publishing = hub.publish('news', data);
    data[0] = 9;
    await publishing;
    expect(engine.log('news').entries[0]!.data).toEqual(Uint8Array.of(1, 2, 3));
    await expect(hub.publish('news', new Uint8Array(4))).rejects.toMatchObject({
      code: 'DATA_TOO_LARGE',
    });
  });

  it('asks for durability', async () => {
    const { hub, broker } = await startWorld();
    await hub.publish('news', 1, { durability: 'memory' });
    expect(broker.durabilities).toEqual(['memory']);
  });
});
