import { EventEmitter, once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Link } from '../../src/ws/link.ts';
import type { OpenOptions } from '../../src/ws/options.ts';
import { closeFrame, frame, HeldSocket, text, turnOver } from '../endpoint/support.ts';

class Owner extends EventEmitter {
  binaryType = 'nodebuffer' as const;
}

function linked(options: OpenOptions = {}) {
  const socket = new HeldSocket({ takes: true });
  socket.on('error', () => {});
  const owner = new Owner();
  const said: string[] = [];
  owner.on('message', (data, isBinary) => said.push(`message ${String(data)} ${isBinary}`));
  owner.on('ping', (data) => said.push(`ping ${String(data)}`));
  owner.on('pong', (data) => said.push(`pong ${String(data)}`));
  owner.on('close', (code, reason) => said.push(`close ${code} ${String(reason)}`));
  const link = new Link(owner, socket, 'server', options);
  link.start(() => said.push('open'));
  return { link, socket, owner, said };
}

describe('an open connection', () => {
  it('tells messages, pings and pongs in order, and its end once', async () => {
    const { socket, said } = linked();
    socket.push(Buffer.concat([text('a'), frame(9, 'b'), frame(2, 'c'), frame(10, 'd')]));
    socket.push(closeFrame(3000, 'why'));
    await turnOver();
    socket.push(null);
    await once(socket, 'close');
    const events = ['open', 'message a false', 'ping b', 'message c true', 'pong d'];
    expect(said).toEqual([...events, 'close 3000 why']);
  });

  it('B3: gives away memory that no later read changes', async () => {
    const { link, owner } = linked();
    const kept: Buffer[] = [];
    owner.on('message', (data: Buffer) => kept.push(data));
    const chunk = Buffer.concat([text('abc'), frame(2, 'def')]);
    link.drive.turn(chunk);
    chunk.fill(0xff);
    expect(kept.map(String)).toEqual(['abc', 'def']);
  });

  it('tells an error when the turn is over, and once', async () => {
    const { link, owner, said } = linked();
    owner.on('error', (error: Error) => said.push(error.message));
    link.drive.turn(frame(3));
    expect([said, link.isOpen]).toEqual([['open'], false]);
    await turnOver();
    expect(said).toEqual(['open', 'Invalid WebSocket frame: invalid opcode 3']);
  });

  it('tells an error before the end, however soon that comes', async () => {
    const { link, owner, said } = linked();
    owner.on('error', () => said.push('error'));
    link.drive.turn(frame(3));
    link.drive.ended();
    expect(said).toEqual(['open', 'error', 'close 1006 ']);
  });

  it('is not stopped by a listener that throws', async () => {
    const { link, owner, said } = linked();
    owner.prependOnceListener('message', () => {
      throw new Error('mine');
    });
    const thrown: unknown[] = [];
    link.threw = (error) => thrown.push(error);
    link.drive.turn(Buffer.concat([text('a'), text('b')]));
    expect(thrown).toEqual([new Error('mine')]);
    expect(said).toEqual(['open', 'message b false']);
  });

  it('makes what a listener throws an uncaught exception', () => {
    const { link } = linked();
    const nextTick = vi.spyOn(process, 'nextTick').mockImplementation(() => {});
    try {
      link.threw(new Error('mine'));
      const [run] = nextTick.mock.lastCall as unknown as [() => void];
      expect(run).toThrow('mine');
    } finally {
      nextTick.mockRestore();
    }
  });

  it('tells one event per pass of the event loop when it is asked to', async () => {
    const { link, said } = linked({ allowSynchronousEvents: false });
    link.drive.turn(Buffer.concat([text('a'), frame(9, 'b'), text('c')]));
    const counts: number[] = [said.length];
    for (let pass = 0; pass < 3; pass += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      counts.push(said.length);
    }
    expect(counts).toEqual([2, 3, 4, 4]);
  });

  it('stays paused when its turn comes while it is', async () => {
    const { link, said } = linked({ allowSynchronousEvents: false });
    link.drive.turn(Buffer.concat([text('a'), text('b')]));
    link.pause();
    await turnOver();
    expect(said).toEqual(['open', 'message a false']);
    link.resume();
    expect(said).toEqual(['open', 'message a false', 'message b false']);
  });

  it('leaves pings to the program with autoPong false', () => {
    const { link, socket, said } = linked({ autoPong: false });
    link.drive.turn(frame(9, 'a'));
    expect([said, socket.frames]).toEqual([['open', 'ping a'], []]);
  });

  it('lets go what it can before it terminates', () => {
    const { link, socket } = linked();
    link.drive.connection.sendText('last');
    link.terminate();
    expect(socket.frames.map(({ payload }) => String(payload))).toEqual(['last']);
    expect([link.isOpen, socket.destroyed]).toEqual([false, true]);
  });
});
