/**
 * A server that checks nothing: it echoes, answers pings and answers a Close frame, and believes
 * whatever it is told.
 * In: TCP connections. Out: a subject that must fail every case in which something is to be
 * refused. For the judge's own test.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { close, encode, type Frame, frame, opcodes, pong, xor } from './frames.ts';
import { response } from './handshake.ts';
import { Peer } from './peer.ts';
import type { Subject } from './run.ts';

export async function startCareless(): Promise<Subject> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    serve(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    role: 'server',
    meet: (opening) => Peer.dial(port, opening),
    stop: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      listener.close();
      await once(listener, 'close');
    },
  };
}

function serve(socket: Socket): void {
  let held = Buffer.alloc(0);
  let isOpen = false;
  let message: Frame | undefined;

  function answerTo({ opcode, payload, final }: Frame): Frame | undefined {
    if (opcode === opcodes.ping) {
      return pong(payload);
    }
    if (opcode === opcodes.close) {
      return close(payload.length < 2 ? undefined : payload.readUInt16BE(0));
    }
    if (opcode > opcodes.binary) {
      return undefined;
    }
    const kind = message?.opcode ?? opcode;
    message = frame(kind, Buffer.concat([message?.payload ?? Buffer.alloc(0), payload]));
    const whole = message;
    if (!final) {
      return undefined;
    }
    message = undefined;
    return whole;
  }

  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    const headEnd = isOpen ? -1 : held.indexOf('\r\n\r\n');
    if (headEnd >= 0) {
      socket.write(response(held.toString('latin1', 0, headEnd)));
      held = held.subarray(headEnd + 4);
      isOpen = true;
    }
    for (let next = isOpen ? parse(held) : undefined; next !== undefined; next = parse(held)) {
      held = held.subarray(next.size);
      const answer = answerTo(next.read);
      if (answer !== undefined && socket.writable) {
        socket.write(encode([answer], false));
      }
      if (next.read.opcode === opcodes.close) {
        socket.end();
      }
    }
  });
}

/** The first frame, if it is whole. Every one is taken to be masked, and less than 64 KiB long. */
function parse(bytes: Buffer): { read: Frame; size: number } | undefined {
  const short = (bytes[1] ?? 0) & 127;
  const header = (short === 126 ? 4 : 2) + 4;
  if (bytes.length < header) {
    return undefined;
  }
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < header + length) {
    return undefined;
  }
  const payload = Buffer.alloc(length);
  xor(bytes.subarray(header, header + length), bytes.readUInt32BE(header - 4), payload, 0);
  const read = frame(bytes[0]! & 15, payload, { final: bytes[0]! > 127 });
  return { read, size: header + length };
}
