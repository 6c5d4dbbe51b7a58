import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/endpoint/outbox.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { HeldSocket, turnOver } from './support.ts';

function sending(takes: boolean): { socket: HeldSocket; outbox: Outbox } {
  const socket = new HeldSocket({ takes });
  socket.on('error', () => {});
  const line = new SocketLine(socket);
  const outbox = new Outbox(line, { progress: () => {} });
  line.owner = { turn() {}, halfEnded() {}, ended() {}, written: () => outbox.written() };
  return { socket, outbox };
}

const put = (outbox: Outbox, length: number): void => void outbox.reserve(length);

describe('bytes that the system has taken', () => {
  it('together with those that it has not are all that were put, at every moment', async () => {
    const { socket, outbox } = sending(false);
    outbox.hold();
    put(outbox, 10);
    outbox.append(Buffer.alloc(20));
    expect([outbox.sentBytes, outbox.bufferedBytes]).toEqual([0, 30]);
    outbox.release();
    put(outbox, 5);
    put(outbox, 5);
    outbox.append(Buffer.alloc(300_000));
    put(outbox, 100_000);
    const seen: number[] = [];
    while (outbox.bufferedBytes > 0) {
      expect(outbox.sentBytes + outbox.bufferedBytes).toBe(400_040);
      seen.push(outbox.sentBytes);
      socket.passOn();
      await turnOver();
    }
    expect(seen.slice(0, 2)).toEqual([0, 30]);
    expect(outbox.sentBytes).toBe(400_040);
  });

  it('are those of the moment when it was cut', async () => {
    const { socket, outbox } = sending(false);
    put(outbox, 10);
    await turnOver();
    put(outbox, 20);
    socket.passOn();
    await turnOver();
    outbox.cut();
    put(outbox, 40);
    expect([outbox.sentBytes, outbox.bufferedBytes]).toEqual([10, 0]);
  });

  it('are noted when it is cut in the moment after a write', () => {
    const { outbox } = sending(true);
    outbox.hold();
    put(outbox, 10);
    outbox.release();
    outbox.cut();
    expect(outbox.sentBytes).toBe(10);
  });

  it('are not those that a socket had when it broke', async () => {
    const { socket, outbox } = sending(false);
    put(outbox, 10);
    await turnOver();
    socket.passOn();
    await turnOver();
    put(outbox, 20);
    await turnOver();
    socket.destroy(new Error('reset'));
    socket.passOn();
    await turnOver();
    expect(outbox.sentBytes).toBe(10);
    outbox.cut();
    expect(outbox.sentBytes).toBe(10);
  });
});
