import { describe, expect, it } from 'vitest';
import { startBed } from './world.ts';

describe('a channel of a contract', () => {
  it('is named by its pattern and its parameters', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '4 2' });
    expect([room.name, room.pattern, room.params]).toEqual([
      'chat/4=202',
      'chat/:room',
      { room: '4 2' },
    ]);
    expect(rt('ada').channel('lobby').name).toBe('lobby');
    bed.close();
  });

  it('tells events with their data and where they stand, signals with who said them', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '1' });
    const told: unknown[] = [];
    room.on('message', ({ text }, { by, position }) => told.push([text, by, position]));
    room.on('rename', (name) => told.push(name));
    room.on('typing', ({ at }, meta) => told.push([at, meta]));
    await bed.advance(100);
    const bob = rt('bob').channel('chat/:room', { room: '1' });
    const publishing = bob.publish('message', { text: 'hi' }, { tag: 'mine' });
    void bob.publish('rename', 'kitchen');
    await bed.advance(100);
    const { position } = await publishing;
    expect(bob.signal('typing', { at: 7 })).toBe(true);
    await bed.advance(100);
    expect(told).toEqual([['hi', 'bob', position], 'kitchen', [7, { by: 'bob' }]]);
    bed.close();
  });

  it('is followed once by all who listen, as long as one does', async () => {
    const { bed, asked, rt } = await startBed();
    const ada = rt('ada');
    const one = ada.channel('chat/:room', { room: '1' });
    const other = ada.channel('chat/:room', { room: '1' });
    const heard: string[] = [];
    const end = one.on('message', ({ text }) => heard.push(`one ${text}`));
    one.on('gap', () => undefined);
    other.on('message', ({ text }) => heard.push(`other ${text}`));
    await bed.advance(100);
    expect(asked).toEqual(['ada chat/1']);
    end();
    end();
    one.leave();
    one.leave();
    await bed.advance(100);
    const bob = rt('bob').channel('chat/:room', { room: '1' });
    void bob.publish('message', { text: 'a' });
    await bed.advance(100);
    const { status } = ada.client.subscribe('chat/1');
    other.leave();
    await bed.advance(100);
    void bob.publish('message', { text: 'b' });
    await bed.advance(100);
    expect([heard, status]).toEqual([['other a'], 'live']);
    one.on('message', ({ text }) => heard.push(`again ${text}`));
    await bed.advance(100);
    expect(asked).toEqual(['ada chat/1', 'ada chat/1']);
    bed.close();
  });

  it('the same listener twice is two', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('lobby');
    const heard: string[] = [];
    const listen = (text: string): number => heard.push(text);
    const end = room.on('hello', listen);
    room.on('hello', listen);
    await bed.advance(100);
    room.signal('hello', 'x');
    await bed.advance(100);
    end();
    room.signal('hello', 'y');
    await bed.advance(100);
    expect(heard).toEqual(['x', 'x', 'y']);
    bed.close();
  });

  it('tells how it is followed, of gaps, and of keyed state', async () => {
    const { bed, rt } = await startBed();
    const prices = rt('ada').channel('price/:symbol', { symbol: 'X' });
    const told: unknown[] = [];
    prices.on('status', ({ status }) => told.push(status));
    prices.on('state', ({ key, value, meta }) => told.push([key, value, meta?.by]));
    await bed.advance(100);
    void prices.set('bid', 1);
    await bed.advance(100);
    void prices.remove('bid');
    await bed.advance(100);
    expect(told).toEqual(['catchingUp', 'live', ['bid', 1, 'ada'], ['bid', undefined, undefined]]);
    bed.close();
  });

  it('is spoken to without being followed', async () => {
    const { bed, asked, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '1' });
    await bed.advance(100);
    expect(room.signal('typing', { at: 1 })).toBe(true);
    const publishing = room.publish('message', { text: 'hi' });
    const entering = room.enter({ mood: 'well' });
    await bed.advance(100);
    await Promise.all([publishing, entering]);
    const exiting = room.exit();
    await bed.advance(100);
    await exiting;
    expect(asked).toEqual([]);
    bed.close();
  });

  it('is in the roster as long as somebody stays', async () => {
    const { bed, rt } = await startBed();
    const watcher = rt('eve').channel('chat/:room', { room: '1' });
    watcher.roster.subscribe(() => undefined);
    const room = rt('ada').channel('chat/:room', { room: '1' });
    const end = room.stay({ mood: 'well' });
    await bed.advance(100);
    expect(watcher.roster.get().map(({ data }) => data.mood)).toEqual(['well']);
    end();
    await bed.advance(100);
    expect(watcher.roster.get()).toEqual([]);
    bed.close();
  });

  it('may be entered with nothing to say, also with the contract passed in: then the server says it', async () => {
    const { bed, checkedRt, clientOf } = await startBed();
    const roster = clientOf('eve').roster('chat/1');
    const room = checkedRt('ada').channel('chat/:room', { room: '1' });
    void room.enter();
    await bed.advance(100);
    const said = (): unknown[] =>
      Array.from(roster.state.values(), ({ data }) => (data as { data: unknown }).data);
    expect(said()).toEqual([null]);
    void room.exit();
    await bed.advance(100);
    room.stay();
    await bed.advance(100);
    expect(said()).toEqual([null]);
    bed.close();
  });

  it('says when it may not be in the roster', async () => {
    const { bed, rt } = await startBed({ policy: { enter: () => false } });
    const refusals: string[] = [];
    const room = rt('ada').channel('chat/:room', { room: '1' });
    room.stay({ mood: 'well' }, ({ code }) => refusals.push(code));
    room.stay({ mood: 'well' });
    await bed.advance(100);
    expect(refusals).toEqual(['FORBIDDEN']);
    bed.close();
  });

  it('gives pages of its log, without what has no event', async () => {
    const { bed, hub, rt } = await startBed();
    await hub.publish('chat/1', 'nothing');
    await hub.publish('chat/1', { text: 'hi' }, { event: 'message' });
    const reading = rt('ada').channel('chat/:room', { room: '1' }).history({ limit: 10 });
    await bed.advance(100);
    const { entries, more, top } = await reading;
    expect(entries).toMatchObject([
      { event: 'message', data: { text: 'hi' }, meta: { offset: 2 } },
    ]);
    expect([more, top]).toEqual([false, entries[0]!.meta.position]);
    bed.close();
  });

  it('with the contract passed in refuses what does not fit before anything is sent', async () => {
    const { bed, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const room = ada.channel('chat/:room', { room: '1' });
    const prices = ada.channel('price/:symbol', { symbol: 'X' });
    const wrong = expect.objectContaining({ code: 'PAYLOAD_INVALID' });
    await expect(room.publish('message', { text: 'x'.repeat(21) })).rejects.toEqual(wrong);
    await expect(room.enter({ mood: 1 as never })).rejects.toEqual(wrong);
    await expect(room.call('count', 1 as never)).rejects.toEqual(wrong);
    await expect(prices.set('bid', 'x' as never)).rejects.toEqual(wrong);
    await expect(ada.call('add', 'x' as never)).rejects.toEqual(wrong);
    expect(() => room.signal('typing', {} as never)).toThrow(wrong);
    expect(() => room.stay({} as never)).toThrow(wrong);
    await expect(room.publish('mesage' as never, {} as never)).rejects.toEqual(
      expect.objectContaining({ code: 'EVENT_UNKNOWN' }),
    );
    expect(ada.client.outbox.entries).toEqual([]);
    bed.close();
  });

  it('tells how far a call is, as it was sent; with the contract passed in, as the schema makes it, and nothing else', async () => {
    const { bed, rt, checkedRt } = await startBed();
    const heard: unknown[] = [];
    const invalid: unknown[] = [];
    const ada = checkedRt('ada');
    ada.on('invalid', ({ channel, name }) => invalid.push([channel, name]));
    for (const client of [rt('bob'), ada]) {
      const onProgress = (step: unknown, seq: number): void => void heard.push([step, seq]);
      const calling = client
        .channel('chat/:room', { room: '1' })
        .call('count', 'me', { onProgress });
      await bed.advance(100);
      expect(await calling).toBe('chat/1 me'.length);
    }
    expect(heard).toEqual([
      ['1', 1],
      [2, 2],
      [1, 1],
    ]);
    expect(invalid).toEqual([['chat/1', 'count']]);
    bed.close();
  });

  it('with the contract passed in tells what the schemas make of what comes, and nothing else', async () => {
    const { bed, hub, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const told: unknown[] = [];
    const room = ada.channel('chat/:room', { room: '1' });
    const prices = ada.channel('price/:symbol', { symbol: 'X' });
    room.on('message', ({ text }) => told.push(text));
    prices.on('state', ({ key, value }) => told.push([key, value]));
    ada.channel('lobby').on('hello', (length) => told.push(length.toFixed(1)));
    await bed.advance(100);
    await hub.publish('chat/1', { text: 1 }, { event: 'message' });
    await hub.publish('chat/1', { text: 'good' }, { event: 'message' });
    await hub.publish('price/X', 'bad', { key: 'bid' });
    await hub.publish('price/X', 2, { key: 'bid' });
    ada.channel('lobby').signal('hello', 'four');
    await bed.advance(100);
    expect(told).toEqual(['good', ['bid', 2], '4.0']);
    bed.close();
  });
});
