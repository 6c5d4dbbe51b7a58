/** `receiveInPieces`: a message is told as it comes, and no part of it is kept. */
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/protocol/index.ts';
import {
  bytes,
  failure,
  feed,
  feedings,
  fromPeer,
  join,
  mixture,
  type Opened,
  type Opening,
  openConnection,
  roles,
  show,
  streamOf,
} from './support.ts';

function openInPieces(opening: Opening, maxBytes?: number): Opened {
  const opened = openConnection(opening);
  opened.connection.receiveInPieces(maxBytes);
  return opened;
}

/** Neighbours of one message put together: what was said, however it was cut. */
function joined(events: readonly string[]): string[] {
  const told: string[] = [];
  let pieces = '';
  for (const event of events) {
    const found = /^piece (\.\.\.)?(text|binary)(\.\.\.)? ?(.*)$/.exec(event);
    if (found === null) {
      told.push(event);
      continue;
    }
    const [, follows, kind, goesOn, payload] = found;
    pieces = follows === undefined ? `${kind} ${payload}` : pieces + payload!;
    if (goesOn === undefined) {
      told.push(pieces);
    }
  }
  return told;
}

describe.each(roles)('§5.4 in pieces, %s', (role: Role) => {
  it.each(feedings)('%s: all of every message, in order, with control frames between', (how) => {
    const { connection, sink } = openInPieces({ role });
    feed(connection, streamOf(role, mixture), how);
    const hex = (text: string): string => Buffer.from(text).toString('hex');
    const long = how === 'whole' ? show(Buffer.from('é'.repeat(100))) : hex('é'.repeat(100));
    expect(joined(sink.events)).toEqual([
      `text ${hex('one')}`,
      `ping ${hex('two')}`,
      'binary ',
      // The pong came between its fragments, and before its last piece.
      `pong ${hex('x')} undefined`,
      `text ${hex('three')}`,
      `text ${long}`,
      'ping ',
      'binary ',
    ]);
    expect(sink.messages).toEqual([]);
  });

  it('tells each byte when it comes, first and last by name', () => {
    const { connection, sink } = openInPieces({ role });
    const stream = fromPeer(role, { payload: bytes(3, 7) });
    feed(connection, stream, 'byte by byte');
    expect(sink.events).toEqual([
      'piece binary... 07',
      'piece ...binary... 07',
      'piece ...binary 07',
    ]);
  });

  it('an empty frame is told where a message begins or ends, and not between', () => {
    const { connection, sink } = openInPieces({ role });
    const frames = [
      { opcode: 'text', final: false },
      { opcode: 'continuation', final: false },
      { opcode: 'continuation', payload: 'a', final: false },
      { opcode: 'continuation', final: false },
      { opcode: 'continuation' },
    ] as const;
    feed(connection, streamOf(role, frames), 'whole');
    expect(sink.events).toEqual(['piece text...', 'piece ...text... 61', 'piece ...text']);
  });

  it('B2: neither frames, fragments nor messages have the limits of what is kept', () => {
    const options = {
      maxMessageBytes: 1,
      maxFrameBytes: 1,
      maxFragments: 1,
      fragmentChargeBytes: 1,
    };
    const { connection, sink } = openInPieces({ role, options });
    const part = { opcode: 'continuation', payload: 'bcd', final: false } as const;
    const frames = [
      { payload: 'a', final: false },
      part,
      part,
      { opcode: 'continuation' },
    ] as const;
    feed(connection, streamOf(role, frames), 'whole');
    expect(joined(sink.events)).toEqual(['binary 61626364626364']);
    expect(connection.phase).toBe('open');
  });

  it.each(feedings)('%s: maxBytes may come, and one more fails with 1009 at its header', (how) => {
    for (const more of [0, 1]) {
      const { connection, sink, sent } = openInPieces({ role }, 4);
      const head = fromPeer(role, { payload: 'ab', final: false });
      const rest = fromPeer(role, { opcode: 'continuation', payload: 'x'.repeat(2 + more) });
      feed(connection, join([head, rest]), how);
      connection.end(0);
      const over = failure(1009, 'MESSAGE_TOO_BIG', 'a message is larger than the limit');
      expect(sent()).toEqual(more === 0 ? [] : over.sent);
      expect(joined(sink.events).includes('binary 61627878')).toBe(more === 0);
    }
  });

  it('another call sets another limit, for the message that is under way too', () => {
    const { connection } = openInPieces({ role }, 4);
    connection.receiveInPieces(5);
    feed(connection, fromPeer(role, { payload: 'abcde' }), 'whole');
    expect(connection.phase).toBe('open');
  });

  it('§8.1 a wrong byte fails at once, and what was right before it was told', () => {
    const { connection, sink } = openInPieces({ role });
    const stream = fromPeer(role, { opcode: 'text', payload: Uint8Array.of(0x61, 0xff, 0x62) });
    feed(connection, stream, 'byte by byte');
    connection.end(0);
    expect(sink.events).toEqual([
      'piece text... 61',
      'closing',
      'shut',
      'closed 1007 INVALID_UTF8',
    ]);
  });

  it('§8.1 a text may not end in the middle of a character, also across frames', () => {
    const { connection, sink } = openInPieces({ role });
    const euro = Buffer.from('€');
    const begin = { opcode: 'text', payload: euro.subarray(0, 1), final: false } as const;
    feed(connection, fromPeer(role, begin), 'whole');
    const end = { opcode: 'continuation', payload: euro.subarray(1, 2) } as const;
    feed(connection, fromPeer(role, end), 'whole');
    expect(sink.events.slice(0, 3)).toEqual(['piece text... e2', 'closing', 'shut']);
  });

  it('§5.4 the order of fragments is looked at as ever', () => {
    const without = openInPieces({ role });
    feed(without.connection, fromPeer(role, { opcode: 'continuation' }), 'whole');
    expect(without.sent()[0]).toMatch(/^close 1002 there is no message/);
    const inside = openInPieces({ role });
    const begin = fromPeer(role, { payload: 'a', final: false });
    feed(inside.connection, join([begin, fromPeer(role, { payload: 'b' })]), 'whole');
    expect(inside.sent()[0]).toMatch(/^close 1002 a new message began/);
  });

  it('a message that had begun before is told whole, as one piece; the next in pieces', () => {
    const { connection, sink } = openConnection({ role });
    feed(connection, fromPeer(role, { payload: 'ab', final: false }), 'whole');
    connection.receiveInPieces();
    const next = fromPeer(role, { payload: 'cd', final: false });
    const end = fromPeer(role, { opcode: 'continuation', payload: 'e' });
    feed(connection, join([end, next, end]), 'whole');
    expect(sink.events).toEqual([
      'piece binary 616265',
      'piece binary... 6364',
      'piece ...binary 65',
    ]);
  });

  it('suspended inside of a piece, tells no other before it is resumed', () => {
    const { connection, sink } = openInPieces({ role });
    sink.whenTold = () => connection.suspend();
    const part = { opcode: 'continuation', payload: 'x', final: false } as const;
    feed(connection, streamOf(role, [{ final: false }, part, part, part]), 'whole');
    for (let told = 1; told <= 4; told += 1) {
      expect(sink.events.length).toBe(told);
      connection.resume(0);
    }
  });

  it('A5: a message under way must come at the least rate, but not while nobody reads', () => {
    const options = { pingAfterMs: 1e9, minBytesPerSecond: 10, progressWindowMs: 1_000 };
    const { connection } = openInPieces({ role, options });
    feed(connection, fromPeer(role, { payload: 'ab', declared: 100 }), 'whole', 0);
    connection.suspend();
    connection.expire(100_000);
    expect(connection.phase).toBe('open');
    connection.resume(100_000);
    connection.expire(101_000);
    expect(connection.phase).toBe('failing');
  });
});
