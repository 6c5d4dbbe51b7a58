import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { HeldSocket, turnOver } from './support.ts';

interface Lined {
  readonly socket: HeldSocket;
  readonly line: SocketLine;
  readonly told: string[];
}

function lined(options: { takes?: boolean } = {}): Lined {
  const socket = new HeldSocket(options);
  socket.on('error', () => {});
  const line = new SocketLine(socket);
  const told: string[] = [];
  line.owner = {
    turn: (chunk) => void told.push(String(chunk)),
    written: () => void told.push('written'),
    halfEnded: () => void told.push('halfEnded'),
    ended: () => void told.push('ended'),
  };
  return { socket, line, told };
}

describe('a stream as a line', () => {
  it('tells what comes, from start and resume on', async () => {
    const { socket, line, told } = lined();
    socket.push('early');
    line.start();
    line.pause();
    await turnOver();
    expect(told).toEqual([]);
    line.resume();
    await turnOver();
    socket.push('late');
    await turnOver();
    expect(told).toEqual(['early', 'late']);
  });

  it('does not end our side because the peer has ended its own', async () => {
    const { socket, line, told } = lined();
    line.start();
    line.resume();
    socket.push(null);
    await turnOver();
    expect([told, line.hasEnded, line.destroyed]).toEqual([['halfEnded'], true, false]);
    line.end();
    await turnOver();
    expect([told, line.destroyed]).toEqual([['halfEnded', 'ended'], true]);
  });

  it('tells that a write has left, also before start, and not of one that was lost', async () => {
    const { socket, line, told } = lined({ takes: false });
    line.write(Buffer.from('one'));
    expect(line.writableLength).toBe(3);
    socket.passOn();
    await turnOver();
    expect([told, line.writableLength]).toEqual([['written'], 0]);
    line.start();
    line.write(Buffer.from('two'));
    line.destroy();
    await turnOver();
    expect(told).toEqual(['written', 'ended']);
  });

  it('is known to be done with a chunk only where the system has it', () => {
    expect(new SocketLine(new HeldSocket()).isDoneWhenEmpty).toBe(false);
    expect(new SocketLine(new Socket()).isDoneWhenEmpty).toBe(true);
  });

  it("gives away the chunks of the system's sockets, which nobody else has, and those of no other stream", async () => {
    const server = createServer((socket) => socket.end('a'.repeat(2000))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    const held = new HeldSocket();
    const given: boolean[] = [];
    for (const stream of [socket, held]) {
      const line = new SocketLine(stream);
      line.owner = {
        turn: (_chunk, isGiven) => void given.push(isGiven === true),
        written: () => {},
        halfEnded: () => line.end(),
        ended: () => {},
      };
      line.start();
      line.resume();
      if (stream === held) {
        held.push(Buffer.alloc(100_000));
      }
      await once(stream, stream === held ? 'data' : 'close');
    }
    server.close();
    expect(given).toEqual([true, false]);
  });
});
