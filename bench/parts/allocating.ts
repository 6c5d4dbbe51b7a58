/**
 * The process that `allocations` starts: a connection over a sink that counts, and how much the heap grows.
 * In: flags of Node (no collection may come in between). Out: JSON, bytes of heap for each message. Cannot fail.
 */
import {
  Connection,
  type ConnectionSink,
  connectionOptions,
  PreparedMessage,
} from 'tautline/protocol';

import { nodeText } from '../../src/endpoint/text.ts';

const warmTurns = 100_000;
const turns = 200_000;
const payload = new Uint8Array(20).fill(0x61);
const text = 'a'.repeat(20);

type Answer = (connection: Connection) => void;

/** Has room for whatever is sent in a turn, and forgets it. */
class CountingSink implements ConnectionSink {
  readonly buffer: Uint8Array = Buffer.alloc(65_536);
  readonly isBlocked = false;
  used = 0;
  messages = 0;
  connection: Connection | undefined;
  private readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  reserve(bytes: number): number {
    const at = this.used;
    this.used += bytes;
    return at;
  }

  append(bytes: Uint8Array): void {
    this.used += bytes.length;
  }

  message(): void {
    this.messages += 1;
    this.answer(this.connection!);
  }

  piece(): void {}
  ping(): void {}
  pong(): void {}
  closing(): void {}
  shut(): void {}
  abort(): void {}
  closed(): void {}
}

function bytesPerMessage(opcode: number, inFlight: number, answer: Answer): number {
  const sink = new CountingSink(answer);
  const connection = new Connection('server', sink, connectionOptions({}), 0, { text: nodeText });
  sink.connection = connection;
  const chunk = chunkOf(opcode, inFlight);
  const received = Buffer.alloc(chunk.length);
  const turn = (): void => {
    received.set(chunk);
    sink.used = 0;
    connection.receive(received, 1);
  };
  repeat(turn, warmTurns);
  globalThis.gc!();
  const messagesBefore = sink.messages;
  const before = process.memoryUsage().heapUsed;
  repeat(turn, turns);
  return (process.memoryUsage().heapUsed - before) / (sink.messages - messagesBefore);
}

function repeat(turn: () => void, times: number): void {
  for (let i = 0; i < times; i += 1) {
    turn();
  }
}

/** As many masked frames of 20 bytes. */
function chunkOf(opcode: number, inFlight: number): Uint8Array {
  const key = [0x12, 0x9a, 0x5c, 0xe7];
  const masked = Array.from(payload, (byte, i) => byte ^ key[i & 3]!);
  const frame = [0x80 | opcode, 0x80 | payload.length, ...key, ...masked];
  return Uint8Array.from(Array.from({ length: inFlight }, () => frame).flat());
}

const kept: unknown[] = [];
const prepared = new PreparedMessage(text);
const results = {
  'binary, one in a turn': bytesPerMessage(2, 1, (connection) => connection.sendBytes(payload)),
  'binary, sixteen in a turn': bytesPerMessage(2, 16, (connection) =>
    connection.sendBytes(payload),
  ),
  'text, one in a turn': bytesPerMessage(1, 1, (connection) => connection.sendText(text)),
  'text, sixteen in a turn': bytesPerMessage(1, 16, (connection) => connection.sendText(text)),
  'text in, prepared out': bytesPerMessage(1, 1, (connection) => connection.sendPrepared(prepared)),
  // Shows that what is allocated is seen.
  'the same with an object for each': bytesPerMessage(1, 1, (connection) => {
    kept[0] = { connection };
    connection.sendText(text);
  }),
};
console.log(JSON.stringify(results));
