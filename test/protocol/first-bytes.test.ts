import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/protocol/index.ts';
import { closeBody, feed, feedings, fromPeer, openConnection, roles } from './support.ts';

/** Where a connection can be when a frame begins. */
const states = ['open', 'inside of a message', 'close sent', 'close done'] as const;
type State = (typeof states)[number];

const known = [0, 1, 2, 8, 9, 10];

/**
 * What §5.1 to §5.5 say about a frame with this first byte. The close code that it is refused with; or what is told; or
 * nothing, because it is not looked at.
 */
function oracle(role: Role, first: number, masked: boolean, state: State): number | string {
  const opcode = first % 16;
  const isControl = opcode >= 8;
  if (state === 'close done') return 'nothing';
  if (Math.floor(first / 16) % 8 !== 0) return 1002;
  if (!known.includes(opcode)) return 1002;
  if (isControl && first < 128) return 1002;
  if (masked !== (role === 'server')) return 1002;
  if (opcode === 8) return 'closed';
  if (isControl) return opcode === 9 ? 'ping' : 'pong';
  if (state === 'inside of a message') {
    if (opcode !== 0) return 1002;
    return first < 128 ? 'nothing' : 'text';
  }
  if (opcode === 0) return 1002;
  if (first < 128) return 'nothing';
  return opcode === 1 ? 'text' : 'binary';
}

/** What the connection makes of it, in the same words. */
function outcome(
  role: Role,
  first: number,
  masked: boolean,
  state: State,
  how: (typeof feedings)[number],
): number | string {
  const { connection, sink } = openConnection({ role });
  if (state === 'inside of a message') {
    feed(connection, fromPeer(role, { opcode: 'text', payload: 'ab', final: false }), 'whole');
  } else if (state === 'close sent') {
    connection.close(1000, '', 0);
  } else if (state === 'close done') {
    feed(connection, fromPeer(role, { opcode: 'close', payload: closeBody(1000) }), 'whole');
  }
  const before = sink.events.length;
  const frame = fromPeer(role, {
    opcode: first % 16,
    payload: first % 16 === 8 ? closeBody(1000, 'x') : 'hi',
    reserved: Math.floor(first / 16) % 8,
    final: first >= 128,
    masked,
  });
  feed(connection, frame, how);
  const told = sink.events[before] ?? 'nothing';
  connection.end(0);
  if (sink.why?.fault !== undefined) {
    return sink.why.code;
  }
  return told === 'closing' ||
    (connection.phase === 'gone' && sink.why?.clean && state !== 'close done')
    ? 'closed'
    : told.split(' ')[0]!;
}

describe('B7, §5.2: every first byte, with and without a mask, in every state, against the standard as a table', () => {
  for (const role of roles) {
    for (const state of states) {
      for (const how of feedings) {
        it(`${role}, ${state}, ${how}`, () => {
          const wrong: string[] = [];
          for (let first = 0; first < 256; first += 1) {
            for (const masked of [false, true]) {
              const expected = oracle(role, first, masked, state);
              const seen = outcome(role, first, masked, state, how);
              if (seen !== expected) wrong.push(`${first} ${masked}: ${seen}, not ${expected}`);
            }
          }
          expect(wrong).toEqual([]);
        });
      }
    }
  }
});
