import { connect, createServer, type Server, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HandleLine, takeOver } from '../../src/endpoint/handle-io.ts';
import { tryHandleIo } from '../../src/endpoint/handle-trial.ts';
import { connectionCount, eventually, HeldSocket, RawPeer } from './support.ts';

beforeAll(tryHandleIo);

interface Arrived {
  readonly server: Server;
  readonly socket: Socket;
  readonly peer: RawPeer;
}

/** A socket that a server has just got, at rest. */
async function arrived({ paused = true } = {}): Promise<Arrived> {
  const server = createServer({ pauseOnConnect: paused, allowHalfOpen: true });
  onTestFinished(() => void server.close());
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const peer = await RawPeer.connect(port);
  const near = await socket;
  onTestFinished(() => void near.destroy());
  return { server, socket: near, peer };
}

interface Taken extends Arrived {
  readonly line: HandleLine;
  /** What was told, in order: text that came, or the name of what happened. */
  readonly told: string[];
}

async function taken(): Promise<Taken> {
  const all = await arrived();
  const line = takeOver(all.socket)!;
  onTestFinished(() => line.destroy());
  const told: string[] = [];
  line.owner = {
    turn: (chunk) => void told.push(Buffer.from(chunk).toString()),
    written: () => void told.push('written'),
    halfEnded: () => void told.push('halfEnded'),
    ended: () => void told.push('ended'),
  };
  line.start();
  return { ...all, line, told };
}

/** More than the system takes at once. */
async function blocked(): Promise<Taken & { readonly sent: number }> {
  const all = await taken();
  all.peer.socket.pause();
  const block = Buffer.alloc(1024 * 1024, 7);
  let sent = 0;
  while (all.line.writableLength === 0) {
    all.line.write(block);
    sent += block.length;
  }
  return { ...all, sent };
}

describe('a socket that is taken over', () => {
  it('is gone for everybody else, with its close, and the line goes on', async () => {
    const { socket, line, peer, told } = await taken();
    const gone = new Promise((resolve) => socket.once('close', resolve));
    expect(socket.destroyed).toBe(true);
    await gone;
    line.resume();
    peer.write('still here');
    await eventually(() => told.length > 0);
    expect(told).toEqual(['still here']);
  });

  it('is not kept alive by its line', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const server = createServer({ pauseOnConnect: true });
    onTestFinished(() => void server.close());
    let held: WeakRef<Socket> | undefined;
    let line: HandleLine | undefined;
    server.once('connection', (socket) => {
      held = new WeakRef(socket);
      line = takeOver(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await RawPeer.connect((server.address() as { port: number }).port);
    await eventually(() => line !== undefined);
    onTestFinished(() => line!.destroy());
    await eventually(() => {
      collect();
      return held!.deref() === undefined;
    });
    expect(line!.destroyed).toBe(false);
  });

  it('still says where it came from', async () => {
    const { socket } = await taken();
    expect(socket.remoteAddress).toBe('127.0.0.1');
  });

  it('is counted by its server until the line is gone, and its server closes then and not before', async () => {
    const { server, line } = await taken();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(await connectionCount(server)).toBe(1);
    let hasClosed = false;
    server.close(() => {
      hasClosed = true;
    });
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(hasClosed).toBe(false);
    line.destroy();
    line.destroy();
    await eventually(() => hasClosed);
    expect(await connectionCount(server)).toBe(0);
  });
});

describe('what is not taken over', () => {
  it('a stream that is no socket', () => {
    expect(takeOver(new HeldSocket())).toBe(undefined);
  });

  it('a socket of a class of its own: what that adds is not in the handle', async () => {
    const { socket } = await arrived();
    class Counting extends Socket {}
    Object.setPrototypeOf(socket, Counting.prototype);
    expect(takeOver(socket)).toBe(undefined);
    Object.setPrototypeOf(socket, Socket.prototype);
    expect(takeOver(socket)).toBeInstanceOf(HandleLine);
  });

  it('one that is not connected, or gone', async () => {
    expect(takeOver(new Socket())).toBe(undefined);
    const { socket } = await arrived();
    socket.destroy();
    expect(takeOver(socket)).toBe(undefined);
  });

  it('one that has read what nobody has taken', async () => {
    const { socket, peer } = await arrived({ paused: false });
    peer.write('early');
    await eventually(() => socket.readableLength > 0);
    expect(takeOver(socket)).toBe(undefined);
    expect(String(socket.read())).toBe('early');
  });

  it('one whose peer has ended, or that was ended', async () => {
    const one = await arrived({ paused: false });
    one.peer.socket.end();
    await eventually(() => one.socket.readableEnded);
    expect(takeOver(one.socket)).toBe(undefined);
    const other = await arrived();
    other.socket.end();
    expect(takeOver(other.socket)).toBe(undefined);
  });

  it('one that has bytes to send', async () => {
    const { socket, peer } = await arrived();
    peer.socket.pause();
    while (socket.writableLength === 0) {
      socket.write(Buffer.alloc(1024 * 1024));
    }
    expect(takeOver(socket)).toBe(undefined);
  });
});

describe('reading', () => {
  it('begins with resume, stops with pause, and loses nothing', async () => {
    const { line, peer, told } = await taken();
    peer.write('one');
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(told).toEqual([]);
    line.resume();
    await eventually(() => told.length === 1);
    line.pause();
    peer.write('two');
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(told).toEqual(['one']);
    line.resume();
    await eventually(() => told.length === 2);
    expect(told).toEqual(['one', 'two']);
  });

  it('pause inside of a read stops it, though more is here', async () => {
    const { line, peer } = await taken();
    let reads = 0;
    line.owner!.turn = () => {
      reads += 1;
      line.pause();
    };
    peer.write(Buffer.alloc(1_000_000));
    line.resume();
    await eventually(() => reads > 0);
    for (let i = 0; i < 20; i += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(reads).toBe(1);
  });

  it('two lines whose reads come in turn see their own bytes, of whatever sizes', async () => {
    const one = await taken();
    const other = await taken();
    for (const { line } of [one, other]) {
      line.resume();
    }
    const sizes = [1, 1, 5, 5, 3000, 1, 65_536];
    let heard = 0;
    for (const size of sizes) {
      one.peer.write(Buffer.alloc(size, 'a'));
      other.peer.write(Buffer.alloc(size, 'b'));
      heard += size;
      await eventually(
        () => one.told.join('').length === heard && other.told.join('').length === heard,
      );
    }
    expect(/^a+$/.test(one.told.join(''))).toBe(true);
    expect(/^b+$/.test(other.told.join(''))).toBe(true);
  });

  it('a reset ends the line', async () => {
    const { line, peer, told } = await taken();
    line.resume();
    peer.socket.resetAndDestroy();
    await eventually(() => told.length > 0);
    expect(told).toEqual(['ended']);
    expect(line.destroyed).toBe(true);
  });
});

describe('writing', () => {
  it('what is taken at once is not told', async () => {
    const { line, peer, told } = await taken();
    line.write(Buffer.from('one'));
    expect(line.writableLength).toBe(0);
    line.write(Buffer.from('two'));
    await peer.until(() => peer.heard.length === 6);
    expect(peer.heard.toString()).toBe('onetwo');
    expect(told).toEqual([]);
  });

  it('what is not is counted until it has left, arrives whole, and is told', async () => {
    const { line, peer, told, sent } = await blocked();
    expect(line.writableLength).toBe(1024 * 1024);
    let heard = 0;
    let wrong = 0;
    peer.socket.on('data', (chunk) => {
      heard += chunk.length;
      wrong += chunk.some((byte) => byte !== 7) ? 1 : 0;
    });
    peer.socket.resume();
    await eventually(() => told.length > 0 && heard === sent);
    expect([told, line.writableLength, wrong]).toEqual([['written'], 0, 0]);
  });

  it('to a peer that is gone ends the line', async () => {
    const { line, peer, told } = await taken();
    peer.socket.resetAndDestroy();
    await peer.closed();
    await eventually(() => {
      line.write(Buffer.from('anybody?'));
      return line.destroyed;
    });
    await eventually(() => told.includes('ended'));
    expect(told).toEqual(['ended']);
  });
});

describe('the end', () => {
  it('of our side leaves after what was written, and the line goes when the peer ends too', async () => {
    const { line, peer, told, sent } = await blocked();
    line.resume();
    line.end();
    line.end();
    let heard = 0;
    peer.socket.on('data', (chunk) => {
      heard += chunk.length;
    });
    peer.socket.resume();
    await peer.ended();
    expect(heard).toBe(sent);
    expect(line.destroyed).toBe(false);
    peer.socket.end();
    await eventually(() => told.includes('ended'));
    expect(told).toEqual(['written', 'halfEnded', 'ended']);
  });

  it("of the peer's side is told, and ours may go on", async () => {
    const { line, peer, told } = await taken();
    line.resume();
    peer.write('last');
    peer.socket.end();
    await eventually(() => told.includes('halfEnded'));
    expect(line.hasEnded).toBe(true);
    line.pause();
    line.resume();
    for (let i = 0; i < 10; i += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(told).toEqual(['last', 'halfEnded']);
    line.write(Buffer.from('answer'));
    line.end();
    await peer.ended();
    expect(peer.heard.toString()).toBe('answer');
    await eventually(() => told.includes('ended'));
    expect(told).toEqual(['last', 'halfEnded', 'ended']);
  });

  it('by destroy comes while a write is under way, and nothing is asked of the handle afterwards', async () => {
    const { line, told } = await blocked();
    line.resume();
    line.destroy();
    line.write(Buffer.from('nothing'));
    line.end();
    line.pause();
    line.resume();
    line.destroy();
    await eventually(() => told.length > 0);
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(told).toEqual(['ended']);
  });
});

describe('a unix socket', () => {
  it('is taken over as TCP is', async () => {
    const path = `/tmp/tautline-handle-${process.pid}.sock`;
    const server = createServer({ pauseOnConnect: true });
    onTestFinished(() => void server.close());
    const near = new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const far = connect(path);
    onTestFinished(() => void far.destroy());
    const line = takeOver(await near)!;
    onTestFinished(() => line.destroy());
    const heard = new Promise((resolve) => far.once('data', resolve));
    line.write(Buffer.from('hello'));
    expect(String(await heard)).toBe('hello');
  });
});
