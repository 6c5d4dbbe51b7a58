import { describe, expect, it } from 'vitest';
import { PreparedMessage } from '../../../src/protocol/index.ts';
import { bytes, openConnection, roles } from '../support.ts';
import {
  compression,
  noise,
  prose,
  readBack,
  sentFrames,
  type TestCompression,
  withTakeover,
} from './support.ts';

function open(role: 'server' | 'client', made: TestCompression = compression()) {
  const { connection, sink } = openConnection({ role, ports: { compression: made } });
  return { connection, sink, codec: made.codec, sent: () => readBack(sink.output) };
}

const small = prose(1000);
const large = prose(20_000);

describe.each(roles)('RFC 7692 §7.2.1 what a %s sends', (role) => {
  it('is compressed from the threshold on, and says so with RSV1', () => {
    const { connection, sent } = open(role);
    connection.sendText(prose(99));
    connection.sendText(prose(100));
    connection.sendBytes(Buffer.from(small));
    connection.sendBytes(Buffer.from(small), true);
    expect(sent()).toEqual(['text 99', '~text 100', '~binary 1000', '~text 1000']);
  });

  it('counts the bytes of a text, not its characters', () => {
    const { connection, sent } = open(role);
    connection.sendText('ü'.repeat(49));
    connection.sendText('ü'.repeat(50));
    expect(sent()).toEqual(['text 98', '~text 100']);
  });

  it('goes out as it is when it does not get smaller', () => {
    const { connection, sent } = open(role);
    const random = noise(200);
    connection.sendBytes(random);
    expect(sent()).toEqual(['binary 200']);
  });

  it('C4 is not compressed when the application says so', () => {
    const { connection, sent, codec } = open(role);
    connection.sendText(small, false);
    connection.sendBytes(bytes(500), false, false);
    connection.sendPrepared(new PreparedMessage(small), false);
    expect(sent()).toEqual(['text 1000', 'binary 500', 'text 1000']);
    expect(codec.calls).toEqual([]);
  });

  it('is never compressed in fragments, nor are control frames', () => {
    const { connection, sent } = open(role);
    connection.sendFragment(bytes(500), { first: true, last: false, text: false });
    connection.ping(new Uint8Array(120), 0);
    connection.sendFragment(bytes(500), { first: false, last: true, text: false });
    connection.close(1000, 'x'.repeat(120), 0);
    expect(sent()).toEqual(['binary 500', 'control 9 120', 'continuation 500', 'control 8 122']);
  });

  it('is done elsewhere from 10,000 bytes on, and what follows waits: only pings pass', () => {
    const { connection, sent, codec } = open(role);
    connection.sendText(large);
    connection.sendText('short');
    connection.sendBytes(Buffer.from(small));
    connection.sendFragment(bytes(5), { first: true, last: true, text: false });
    connection.sendPrepared(new PreparedMessage(small));
    connection.sendText(large);
    connection.ping(new Uint8Array(1), 0);
    expect(sent()).toEqual(['control 9 1']);
    expect(connection.waitingBytes).toBe(20_000 + 5 + 1000 + 5 + 1000 + 20_000);
    codec.finish();
    expect(sent().slice(1)).toEqual([
      '~text 20000',
      'text 5',
      '~binary 1000',
      'binary 5',
      '~text 1000',
    ]);
    expect(connection.waitingBytes).toBe(20_000);
    codec.finish();
    expect(sent().at(-1)).toBe('~text 20000');
    expect(connection.waitingBytes).toBe(0);
  });

  it('waits as it was when it was sent: small payloads are copied', () => {
    const { connection, sink, codec } = open(role);
    const payload = bytes(50, 1);
    connection.sendText(large);
    connection.sendBytes(payload);
    payload.fill(2);
    codec.finish();
    expect([...sentFrames(sink.output)[1]!.payload]).toEqual([...bytes(50, 1)]);
  });

  it('a Close waits behind it, and the transport is shut behind that', () => {
    const { connection, sink, sent, codec } = open(role);
    connection.sendText(large);
    connection.close(1000, 'done', 0);
    connection.endOfInput(0);
    expect(sent()).toEqual([]);
    expect(sink.events).toEqual(['closing']);
    codec.finish();
    expect(sent()).toEqual(['~text 20000', 'control 8 6']);
    expect(sink.events).toEqual(['closing', 'shut']);
  });

  it('a fault does not wait: what was not put out is dropped, but for a Close', () => {
    const { connection, sink, sent, codec } = open(role);
    connection.sendText(large);
    connection.sendText('lost');
    connection.close(1000, 'done', 0);
    connection.receive(Uint8Array.of(0x83, 0x80), 0);
    expect(sent()).toEqual(['control 8 6']);
    expect(sink.events).toEqual(['closing', 'shut']);
    expect(codec.waiting).toBe(0);
    expect(connection.waitingBytes).toBe(0);
  });

  it('a late answer to a connection that has ended changes nothing', () => {
    const { connection, sink, codec } = open(role);
    connection.sendText(large);
    const { deflateLater } = codec;
    expect(deflateLater).toBeDefined();
    const job = codec['later'][0]!;
    connection.end(0);
    expect(codec.waiting).toBe(0);
    job();
    expect(sink.output.length).toBe(0);
    expect(sink.events).toEqual(['closing', 'closed 1006 lost']);
  });

  it('refers to earlier messages when that was agreed, and only to those that were compressed', () => {
    const { connection, sink } = open(role, compression(withTakeover));
    for (const compress of [true, false, true]) {
      connection.sendText(small, compress);
    }
    const [first, plain, second] = sentFrames(sink.output);
    expect(plain!.compressed).toBe(false);
    expect(first!.payload.length).toBeGreaterThan(200);
    expect(second!.payload.length).toBeLessThan(40);
  });

  it('goes out as it is when the codec cannot', () => {
    const made = compression();
    const { connection, sent } = open(role, {
      ...made,
      codec: Object.assign(made.codec, { deflate: () => undefined }),
    });
    connection.sendText(small);
    expect(sent()).toEqual(['text 1000']);
  });
});
