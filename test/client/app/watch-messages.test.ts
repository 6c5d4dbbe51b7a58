import { describe, expect, it } from 'vitest';
import { messagesDefaults } from '../../../src/client/app/index.ts';
import { startBed, watch } from './world.ts';

const textsOf = (items: readonly { readonly data: unknown }[]): string[] =>
  items.map(({ data }) => (data as { text: string }).text);

describe('the messages of a room', () => {
  it('are its history, and what comes; nothing twice, nothing missing', async () => {
    const { bed, rt } = await startBed({ delayMs: 20 });
    const bob = rt('bob').channel('chat/:room', { room: '1' });
    for (const text of ['a', 'b']) {
      void bob.publish('message', { text });
    }
    await bed.advance(1_000);
    const messages = rt('ada').channel('chat/:room', { room: '1' }).messages();
    const empty = messages.get();
    const { told, stop } = watch(messages);
    for (const text of ['c', 'd', 'e', 'f']) {
      await bed.advance(20);
      void bob.publish('message', { text });
    }
    await bed.advance(1_000);
    expect(textsOf(messages.get())).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    for (const items of told) {
      expect(textsOf(items)).toEqual(textsOf(items).toSorted());
      expect(new Set(textsOf(items)).size).toBe(items.length);
    }
    stop();
    await bed.advance(0);
    expect(messages.get()).toBe(empty);
    bed.close();
  });

  it('are read once for all who look with the same options', async () => {
    const { bed, asked, rt } = await startBed();
    const ada = rt('ada');
    for (const _each of [1, 2]) {
      watch(ada.channel('chat/:room', { room: '1' }).messages());
    }
    await bed.advance(100);
    // To follow it, and to read its history.
    expect(asked).toEqual(['ada chat/1', 'ada chat/1']);
    bed.close();
  });

  it('are there at once when this client publishes: queued, sent, stored, under one key', async () => {
    const { bed, rt } = await startBed({ delayMs: 20 });
    const room = rt('ada').channel('chat/:room', { room: '1' });
    const messages = room.messages();
    const { told } = watch(messages);
    await bed.advance(1_000);
    told.length = 0;
    const published = room.publish('message', { text: 'hi' });
    await bed.advance(0);
    expect(messages.get()).toMatchObject([{ status: 'sent', event: 'message', by: 'ada' }]);
    await bed.advance(1_000);
    const { position } = await published;
    expect(messages.get()).toMatchObject([{ status: 'stored', meta: { position } }]);
    expect(told.every((items) => items.length === 1)).toBe(true);
    expect(new Set(told.map(([item]) => item!.key)).size).toBe(1);
    bed.close();
  });

  it('that were published without a connection are queued, also for who begins to look', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '1' });
    await bed.advance(100);
    bed.network.cut('ada');
    await bed.advance(0);
    void room.publish('message', { text: 'one' });
    void rt('ada').channel('chat/:room', { room: '2' });
    const messages = room.messages();
    watch(messages);
    expect(messages.get()).toMatchObject([{ status: 'queued', data: { text: 'one' } }]);
    await bed.advance(60_000);
    expect(messages.get()).toMatchObject([{ status: 'stored', meta: { by: 'ada' } }]);
    bed.close();
  });

  it('survive lost answers: what was stored and not told is there once', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { bed, rt } = await startBed({ seed, delayMs: 5, jitterMs: 50, cutShare: 0.15 });
      const room = rt('ada').channel('chat/:room', { room: '1' });
      const bob = rt('bob').channel('chat/:room', { room: '1' });
      const messages = room.messages();
      const { told } = watch(messages);
      const said: string[] = [];
      for (let n = 0; n < 12; n += 1) {
        for (const [user, channel] of [
          ['ada', room],
          ['bob', bob],
        ] as const) {
          said.push(`${user} ${n}`);
          void channel.publish('message', { text: `${user} ${n}` });
        }
        await bed.advance(150);
      }
      bed.network.set({});
      await bed.advance(120_000);
      expect(textsOf(messages.get()).toSorted()).toEqual(said.toSorted());
      for (const items of told) {
        expect(new Set(textsOf(items)).size, `seed ${seed}: a double`).toBe(items.length);
      }
      const own = told.map((items) => textsOf(items).filter((text) => text.startsWith('ada')));
      for (const [at, texts] of own.entries()) {
        expect(texts, `seed ${seed}: a flicker`).toEqual(expect.arrayContaining(own[at - 1] ?? []));
      }
      bed.close();
    }
  });

  it('after a gap are read again, so that there is no hole among them', async () => {
    const { bed, rt } = await startBed({ memory: { maxEntries: 3 } });
    const bob = rt('bob').channel('chat/:room', { room: '1' });
    const room = rt('ada').channel('chat/:room', { room: '1' });
    const messages = room.messages();
    watch(messages);
    const gaps: string[] = [];
    room.on('gap', ({ reason }) => gaps.push(reason));
    void bob.publish('message', { text: '0' });
    await bed.advance(1_000);
    expect(textsOf(messages.get())).toEqual(['0']);
    bed.network.partition(['ada'], ['server']);
    for (let n = 1; n <= 6; n += 1) {
      void bob.publish('message', { text: `${n}` });
    }
    await bed.advance(30_000);
    bed.network.heal();
    await bed.advance(30_000);
    expect(gaps).toEqual(['trimmed']);
    expect(textsOf(messages.get())).toEqual(['4', '5', '6']);
    bed.close();
  });

  it('that failed say why, and stay until they are dismissed', async () => {
    const { bed, rt } = await startBed({ policy: { publish: () => false } });
    const room = rt('ada').channel('chat/:room', { room: '1' });
    const messages = room.messages();
    expect(messages.dismiss('outbox:1')).toBe(false);
    const { told } = watch(messages);
    room.publish('message', { text: 'hi' }).catch(() => undefined);
    await bed.advance(1_000);
    expect(messages.get()).toMatchObject([{ status: 'failed', error: { code: 'FORBIDDEN' } }]);
    const { key } = messages.get()[0]!;
    const before = told.length;
    expect([messages.dismiss(key), messages.dismiss(key)]).toEqual([true, false]);
    await bed.advance(0);
    expect([messages.get(), told.length]).toEqual([[], before + 1]);
    bed.close();
  });

  it('are as many as is said, and of history as many; other channels are not among them', async () => {
    const { bed, rt } = await startBed();
    const bob = rt('bob');
    for (const room of ['1', '2']) {
      for (const text of ['a', 'b', 'c']) {
        void bob.channel('chat/:room', { room }).publish('message', { text });
      }
    }
    await bed.advance(100);
    const ada = rt('ada');
    const room = ada.channel('chat/:room', { room: '1' });
    const lists = [{ limit: 2 }, { history: 1 }, { history: 0 }, { limit: 1, history: 5 }].map(
      (options) => room.messages(options),
    );
    for (const list of lists) {
      watch(list);
    }
    void ada.channel('chat/:room', { room: '2' }).publish('message', { text: 'other' });
    await bed.advance(100);
    expect(lists.map((list) => textsOf(list.get()))).toEqual([['b', 'c'], ['c'], [], ['c']]);
    bed.close();
  });

  it('have options that can be', async () => {
    const { bed, rt } = await startBed();
    const room = rt('ada').channel('chat/:room', { room: '1' });
    expect(messagesDefaults).toEqual({ limit: 100, history: 100 });
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { history: -1 }, { history: 0.5 }]) {
      expect(() => room.messages(wrong)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
    bed.close();
  });

  it('with the contract passed in are those that fit it', async () => {
    const { bed, hub, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const invalid: unknown[] = [];
    ada.on('invalid', ({ name }) => invalid.push(name));
    const messages = ada.channel('chat/:room', { room: '1' }).messages();
    watch(messages);
    await bed.advance(100);
    await hub.publish('chat/1', { text: 'x'.repeat(21) }, { event: 'message' });
    await hub.publish('chat/1', 'x', { event: 'unheard' });
    await hub.publish('chat/1', { text: 'good' }, { event: 'message' });
    await bed.advance(100);
    expect(textsOf(messages.get())).toEqual(['good']);
    expect(invalid).toEqual(['message', 'unheard']);
    bed.close();
  });

  it('are none where the client is closed', async () => {
    const { bed, rt } = await startBed();
    const ada = rt('ada');
    ada.close();
    const messages = ada.channel('chat/:room', { room: '1' }).messages();
    const { stop } = watch(messages);
    expect([messages.get(), messages.dismiss('x')]).toEqual([[], false]);
    stop();
    await bed.advance(0);
    bed.close();
  });
});
