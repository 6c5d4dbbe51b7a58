import { describe, expect, it } from 'vitest';
import { startBed, watch } from './world.ts';

describe('the status of the connection', () => {
  it('is what the client says, and one object as long as it is so', async () => {
    const { bed, rt } = await startBed();
    const { status, client } = rt('ada');
    expect(status.get()).toEqual({ status: 'connecting' });
    expect(status.get()).toBe(status.get());
    const { told, stop } = watch(status);
    await bed.advance(100);
    expect(told).toEqual([{ status: 'connected' }]);
    bed.network.cut('ada');
    await bed.advance(0);
    expect(status.get()).toMatchObject({ status: 'waiting', retryInMs: expect.any(Number) });
    expect(status.get()).toBe(status.get());
    stop();
    await bed.advance(60_000);
    // Nobody looked meanwhile.
    expect(status.get()).toEqual({ status: client.status });
    expect(client.status).toBe('connected');
    bed.close();
  });
});

describe('the status of a channel', () => {
  it('is pending until somebody follows it, and live when it is', async () => {
    const { bed, asked, rt } = await startBed();
    const { status } = rt('ada').channel('chat/:room', { room: '1' });
    await bed.advance(100);
    expect([status.get(), asked]).toEqual([{ status: 'pending' }, []]);
    const { told, stop } = watch(status);
    await bed.advance(100);
    expect(told.at(-1)).toEqual({ status: 'live' });
    expect(status.get()).toBe(status.get());
    stop();
    await bed.advance(100);
    expect(status.get()).toEqual({ status: 'pending' });
    bed.close();
  });

  it('says why it cannot be followed', async () => {
    const { bed, rt } = await startBed({ policy: { subscribe: () => false } });
    const ada = rt('ada');
    const { told } = watch(ada.channel('chat/:room', { room: '1' }).status);
    await bed.advance(100);
    expect(told.at(-1)).toMatchObject({ status: 'refused', error: { code: 'FORBIDDEN' } });
    ada.close();
    const { status } = ada.channel('chat/:room', { room: '2' });
    const { stop } = watch(status);
    expect(status.get()).toMatchObject({ status: 'refused', error: { code: 'CLIENT_CLOSED' } });
    expect(status.get()).toBe(status.get());
    stop();
    bed.close();
  });
});
