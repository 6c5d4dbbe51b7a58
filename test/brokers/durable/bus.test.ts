import { describe, expect, it } from 'vitest';
import { LocalBus, maxWaitingMessages } from '../../../src/brokers/durable/bus.ts';

describe('the bus', () => {
  it('is heard by those who follow, in the order of sending, never while it is being called', async () => {
    const bus = new LocalBus();
    const heard: unknown[] = [];
    const hear = (topic: string, message: unknown): number => heard.push([topic, message]);
    bus.follow('t', hear);
    bus.follow('t', hear);
    const sent = [bus.send('t', 1), bus.send('t', { a: [2] }), bus.send('other', 3)];
    expect(heard).toEqual([]);
    await Promise.all(sent);
    expect(heard).toEqual([
      ['t', 1],
      ['t', { a: [2] }],
    ]);
    bus.unfollow('t', hear);
    bus.unfollow('t', hear);
    await bus.send('t', 4);
    expect(heard.length).toBe(2);
  });

  it('carries copies, bytes as bytes', async () => {
    const bus = new LocalBus();
    const heard: unknown[] = [];
    bus.follow('t', (_, message) => heard.push(message));
    const bytes = Uint8Array.of(1, 2);
    const sending = bus.send('t', bytes);
    bytes[0] = 9;
    await sending;
    expect(heard).toEqual([Uint8Array.of(1, 2)]);
    await expect(bus.send('t', undefined)).rejects.toThrow(TypeError);
  });

  it('as many messages may wait as its limit says, and one more is refused', async () => {
    const bus = new LocalBus();
    const sent = Array.from({ length: maxWaitingMessages }, () => bus.send('t', 1));
    await expect(bus.send('t', 1)).rejects.toMatchObject({ code: 'BROKER_FULL' });
    await Promise.all(sent);
    await bus.send('t', 1);
  });
});
