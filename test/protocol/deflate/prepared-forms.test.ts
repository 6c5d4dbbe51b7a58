import { describe, expect, it } from 'vitest';
import { type Connection, PreparedMessage } from '../../../src/protocol/index.ts';
import { openConnection, type RecordingSink } from '../support.ts';
import {
  compression,
  HandCodec,
  noise,
  prose,
  readBack,
  withoutTakeover,
  withTakeover,
} from './support.ts';

interface Receiver {
  readonly connection: Connection;
  readonly sink: RecordingSink;
}

function receivers(count: number, codec: HandCodec, agreed = withoutTakeover): Receiver[] {
  return Array.from({ length: count }, () =>
    openConnection({ role: 'server', ports: { compression: { ...compression(agreed), codec } } }),
  );
}

describe('C3 a broadcast', () => {
  it('of a small text is compressed once for a hundred receivers, and is one frame for all', () => {
    const codec = new HandCodec();
    const message = new PreparedMessage(prose(2000));
    const all = receivers(100, codec);
    for (const { connection } of all) {
      connection.sendPrepared(message);
    }
    expect(codec.calls).toEqual(['deflate 2000']);
    expect(new Set(all.map(({ sink }) => sink.appended[0])).size).toBe(1);
    expect(readBack(all[99]!.sink.output)).toEqual(['~text 2000']);
  });

  it('of a large one is compressed elsewhere, once, and what follows waits with each receiver', () => {
    const codec = new HandCodec();
    const message = new PreparedMessage(Buffer.from(prose(30_000)));
    const all = receivers(100, codec);
    for (const { connection } of all) {
      connection.sendPrepared(message);
      connection.sendText('next');
    }
    expect(codec.calls).toEqual(['deflate later 30000']);
    codec.finish();
    for (const { sink } of all) {
      expect(readBack(sink.output)).toEqual(['~binary 30000', 'text 4']);
    }
    expect(message.forms['waiters'].size).toBe(0);
    const late = receivers(1, codec)[0]!;
    late.connection.sendPrepared(message);
    expect(readBack(late.sink.output)).toEqual(['~binary 30000']);
    expect(codec.calls.length).toBe(1);
  });

  it('is compressed once for each size of window', () => {
    const codec = new HandCodec();
    const message = new PreparedMessage(prose(2000));
    for (const sendWindowBits of [9, 15, 9, 15]) {
      const [one] = receivers(1, codec, { ...withoutTakeover, sendWindowBits });
      one!.connection.sendPrepared(message);
    }
    expect(codec.calls).toEqual(['deflate 2000', 'deflate 2000']);
  });

  it('leaves those who are gone alone', () => {
    const codec = new HandCodec();
    const message = new PreparedMessage(prose(30_000));
    const [gone, here] = receivers(2, codec);
    gone!.connection.sendPrepared(message);
    here!.connection.sendPrepared(message);
    gone!.connection.end(0);
    codec.finish();
    expect(gone!.sink.output.length).toBe(0);
    expect(readBack(here!.sink.output)).toEqual(['~text 30000']);
  });

  it('is the plain frame when it does not get smaller, and that is found once', () => {
    const codec = new HandCodec();
    const random = noise(300);
    const message = new PreparedMessage(random);
    for (const { connection, sink } of receivers(3, codec)) {
      connection.sendPrepared(message);
      expect(sink.appended).toEqual([message.frame]);
    }
    expect(codec.calls).toEqual(['deflate 300']);
  });

  it('is compressed for each by itself where each has a context or a mask of its own', () => {
    const codec = new HandCodec();
    const message = new PreparedMessage(prose(2000));
    for (const { connection, sink } of receivers(2, codec, withTakeover)) {
      connection.sendPrepared(message);
      expect(readBack(sink.output)).toEqual(['~text 2000']);
    }
    const client = openConnection({
      role: 'client',
      ports: { compression: { ...compression(), codec } },
    });
    client.connection.sendPrepared(message);
    expect(readBack(client.sink.output)).toEqual(['~text 2000']);
    expect(codec.calls.length).toBe(3);
  });
});
