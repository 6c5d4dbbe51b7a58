import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelShape } from '../../../src/contract/index.ts';
import { channelFor } from '../../../src/hub/app/app-channel.ts';
import { InOrder } from '../../../src/hub/app/in-order.ts';
import type { ApplicationsHub } from '../../../src/hub/application.ts';
import { chat } from './chat.ts';

function told(
  name: string,
  pattern: keyof typeof chat.shape.channels,
  by?: string,
  shape?: ChannelShape,
) {
  const said: unknown[] = [];
  const position = { epoch: 'e', offset: 1, id: 'x' };
  const hub: ApplicationsHub = {
    publish: async (...one) => {
      said.push(one);
      return position;
    },
    signal: async (...one) => void said.push(one),
    nowMs: () => 0,
    failed: () => undefined,
  };
  const speaking = { hub: () => hub, inOrder: new InOrder() };
  const channel = channelFor(
    speaking,
    { name, channel: shape ?? chat.shape.channels[pattern] },
    by,
  );
  return { channel, said };
}

const message = { text: 'hi', by: 'ann' };

describe('a channel for the server', () => {
  it('publishes events and signals by their names, as they were given', async () => {
    const { channel, said } = told('chat/1', 'chat/:room');
    await channel.publish('message', { ...message, extra: 1 }, { durability: 'stored' as never });
    await channel.signal('typing', { by: 'ann' }, { by: 'ann' });
    expect(said).toEqual([
      ['chat/1', { ...message, extra: 1 }, { event: 'message', durability: 'stored' }],
      ['chat/1', { by: 'ann' }, { event: 'typing', by: 'ann' }],
    ]);
  });

  it('sets and removes values of keys', async () => {
    const { channel, said } = told('price/A', 'price/:symbol');
    await channel.set('x', { bid: 1, ask: 2 });
    await channel.remove('x');
    expect(said).toEqual([
      ['price/A', { bid: 1, ask: 2 }, { key: 'x' }],
      ['price/A', null, { key: 'x', removed: true }],
    ]);
  });

  it('says it in the order in which it was said: a removal is not before the value that it removes', async () => {
    const { channel, said } = told('price/A', 'price/:symbol');
    await Promise.all([
      channel.set('x', { bid: 1, ask: 2 }),
      channel.remove('x'),
      channel.set('y', { bid: 3, ask: 4 }),
    ]);
    const keys = said.map((one) => (one as object[])[2]);
    expect(keys).toEqual([{ key: 'x' }, { key: 'x', removed: true }, { key: 'y' }]);
  });

  it('also where a schema takes its time with one, and less with the next', async () => {
    const open: (() => void)[] = [];
    const slow = z.string().refine(
      (text) =>
        new Promise<boolean>((resolve) => {
          open.push(() => resolve(text !== 'wrong'));
        }),
    );
    const { channel, said } = told('a', 'cursors', undefined, {
      events: { slow, quick: z.null() },
    });
    const all = [
      channel.publish('slow', 'a'),
      channel.publish('slow', 'wrong'),
      channel.publish('quick', null),
    ];
    for (const each of open.toReversed()) {
      each();
    }
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(said.map((one) => (one as unknown[])[1])).toEqual(['a', null]);
  });

  it('speaks for whom it was made, unless it is told otherwise', async () => {
    const { channel, said } = told('chat/1', 'chat/:room', 'ann');
    await channel.publish('message', message);
    await channel.publish('message', message, { by: 'bot' });
    await channel.signal('typing', { by: 'x' });
    const speakers = said.map((one) => (one as { by?: string }[])[2]!.by);
    expect(speakers).toEqual(['ann', 'bot', 'ann']);
  });

  it('says nothing that the contract does not have, and nothing that does not fit', async () => {
    const room = told('chat/1', 'chat/:room');
    const price = told('price/A', 'price/:symbol');
    const unknown = [
      room.channel.publish('typing', { by: 'ann' }),
      room.channel.publish('constructor', message),
      room.channel.signal('message', message),
      room.channel.set('x', 1),
      room.channel.remove('x'),
      price.channel.publish('message', message),
    ];
    for (const one of unknown) {
      await expect(one).rejects.toMatchObject({ code: 'EVENT_UNKNOWN' });
    }
    const wrong = [
      room.channel.publish('message', { text: 1 }),
      room.channel.signal('typing', 1),
      price.channel.set('x', { bid: 1 }),
    ];
    for (const one of wrong) {
      await expect(one).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    }
    expect([...room.said, ...price.said]).toEqual([]);
  });
});
