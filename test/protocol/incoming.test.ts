import { describe, expect, it } from 'vitest';
import { faults } from '../../src/protocol/faults.ts';
import * as opcode from '../../src/protocol/frame/opcode.ts';
import { Incoming } from '../../src/protocol/incoming.ts';
import { connectionOptions } from '../../src/protocol/index.ts';
import { bytes, closeBody, RecordingSink, readFrames } from './support.ts';

function world(answersPings = true) {
  const sink = new RecordingSink();
  const manners = { answersPings, endsFirst: false };
  const incoming = new Incoming('server', sink, connectionOptions({}), 0, { manners });
  const ping = (payload: Uint8Array): void =>
    incoming.control(opcode.ping, payload, 0, payload.length);
  const sent = (): string[] => readFrames(sink.output, 'server');
  return { sink, incoming, ping, sent };
}

describe('what comes in', () => {
  it('a message is told as one, or in pieces', () => {
    const { sink, incoming } = world();
    incoming.data(bytes(3), 1, 3, false, false);
    incoming.isInPieces = true;
    incoming.data(bytes(3), 1, 3, false, false);
    expect(sink.events).toEqual(['binary 080f', 'piece binary 080f']);
  });

  it('§5.5.3: each ping of a reader is answered; while nothing leaves, the latest is kept', () => {
    const { sink, incoming, ping, sent } = world();
    ping(bytes(1));
    expect(sent()).toHaveLength(1);
    sink.isBlocked = true;
    ping(bytes(2));
    ping(bytes(3));
    incoming.sendOwedPong();
    expect(sent()).toHaveLength(1);
    sink.isBlocked = false;
    incoming.sendOwedPong();
    incoming.sendOwedPong();
    expect(sent()).toHaveLength(2);
    expect(sent()[1]).toContain('01080f');
  });

  it('no pong is owed where the application answers, after a close, or after the end', () => {
    const quiet = world(false);
    quiet.ping(bytes(1));
    expect(quiet.sent()).toEqual([]);
    for (const end of ['close', 'end'] as const) {
      const { sink, incoming, ping, sent } = world();
      sink.isBlocked = true;
      ping(bytes(1));
      if (end === 'end') {
        incoming.end();
      } else {
        incoming.control(opcode.close, closeBody(1000), 0, 2);
      }
      sink.isBlocked = false;
      const before = sent();
      incoming.sendOwedPong();
      expect(sent()).toEqual(before);
    }
  });

  it('a fault is told at its time, and ends it', () => {
    const { sink, incoming } = world();
    incoming.nowMs = 7;
    incoming.fault(faults.INVALID_UTF8);
    expect(sink.events).toEqual(['closing', 'shut']);
    expect([incoming.ending.phase, incoming.ending.why?.fault]).toEqual([
      'failing',
      faults.INVALID_UTF8,
    ]);
  });
});
