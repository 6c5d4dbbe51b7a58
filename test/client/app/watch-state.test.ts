import { describe, expect, it } from 'vitest';
import { startBed, watch } from './world.ts';

describe('the state of a channel', () => {
  it('is each key’s latest value: another map after each change, and never one that changes', async () => {
    const { bed, rt } = await startBed();
    const writer = rt('bob').channel('price/:symbol', { symbol: 'X' });
    void writer.set('bid', 1);
    await bed.advance(100);
    const { state } = rt('ada').channel('price/:symbol', { symbol: 'X' });
    const empty = state.get();
    expect([...empty]).toEqual([]);
    const { told, stop } = watch(state);
    await bed.advance(100);
    expect(told.map((map) => [...map])).toEqual([[['bid', 1]]]);
    void writer.set('ask', 2);
    void writer.set('bid', 3);
    await bed.advance(100);
    expect(state.get()).toEqual(
      new Map([
        ['ask', 2],
        ['bid', 3],
      ]),
    );
    expect(state.get()).toBe(state.get());
    expect([...told[0]!]).toEqual([['bid', 1]]);
    void writer.remove('bid');
    await bed.advance(100);
    expect([...state.get()]).toEqual([['ask', 2]]);
    stop();
    await bed.advance(100);
    expect(state.get()).toBe(empty);
    bed.close();
  });

  it('is there at once for who looks when another follows already', async () => {
    const { bed, rt } = await startBed();
    void rt('bob').channel('price/:symbol', { symbol: 'X' }).set('bid', 1);
    const prices = rt('ada').channel('price/:symbol', { symbol: 'X' });
    prices.on('state', () => undefined);
    await bed.advance(100);
    watch(prices.state);
    expect([...prices.state.get()]).toEqual([['bid', 1]]);
    bed.close();
  });

  it('with the contract passed in has only what fits it, and nothing for a key whose value does not', async () => {
    const { bed, hub, rt, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const invalid: unknown[] = [];
    ada.on('invalid', ({ channel, name }) => invalid.push([channel, name]));
    const { state } = ada.channel('price/:symbol', { symbol: 'X' });
    const { told } = watch(state);
    void rt('bob').channel('price/:symbol', { symbol: 'X' }).set('bid', 1);
    await bed.advance(100);
    expect([...state.get()]).toEqual([['bid', 1]]);
    await hub.publish('price/X', 'many', { key: 'bid' });
    await bed.advance(100);
    expect([...state.get()]).toEqual([]);
    expect(invalid).toEqual([['price/X', undefined]]);
    expect(told.length).toBe(2);
    bed.close();
  });

  it('is empty where the client is closed', async () => {
    const { bed, rt } = await startBed();
    const ada = rt('ada');
    ada.close();
    const { state } = ada.channel('price/:symbol', { symbol: 'X' });
    const { stop } = watch(state);
    expect([...state.get()]).toEqual([]);
    stop();
    await bed.advance(0);
    bed.close();
  });
});
