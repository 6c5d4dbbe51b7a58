/** More of a websocket, beside that of ws, stands in beside/talking.ts and beside/frames.ts. */
import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readyStates, WebSocket } from '../../src/ws/websocket.ts';
import { closeFrame, HeldSocket, parseFrames, text, turnOver } from '../endpoint/support.ts';

function opened(options: object = {}): { socket: HeldSocket; websocket: WebSocket } {
  const socket = new HeldSocket({ takes: true });
  const websocket = new WebSocket(null, undefined, options);
  websocket.setSocket(socket, Buffer.alloc(0), {});
  return { socket, websocket };
}

describe('a websocket', () => {
  it('lets a program put on it what it likes', async () => {
    const { socket, websocket } = opened();
    const mine = { state: 'mine', link: 1, options: 2, drive: 3, phase: 4, url_: 5, data: 6 };
    Object.assign(websocket, mine);
    const heard = once(websocket, 'message');
    socket.push(text('a'));
    expect(String((await heard)[0])).toBe('a');
    expect(websocket).toMatchObject(mine);
  });

  it('opens on any stream, in the role that the program says', async () => {
    const [up, down] = [new PassThrough(), new PassThrough()];
    const stream = Duplex.from({ writable: up, readable: down });
    const websocket = new WebSocket(null);
    websocket._isServer = false;
    const open = once(websocket, 'open');
    websocket.setSocket(stream, Buffer.from('\x81\x02hi', 'latin1'), { maxPayload: 0 });
    await open;
    const [data] = (await once(websocket, 'message')) as [Buffer];
    websocket.send('a');
    await turnOver();
    expect(String(data)).toBe('hi');
    const bytes = up.read() as Buffer;
    expect([
      bytes[1]! >= 0x80,
      ...parseFrames(bytes).frames.map(({ payload }) => String(payload)),
    ]).toEqual([true, 'a']);
    websocket.terminate();
  });

  it('waits for no one at the end of a stream that does not close by itself', async () => {
    const stream = new Duplex({
      autoDestroy: false,
      read() {},
      write: (_chunk, _, done) => done(),
    });
    const websocket = new WebSocket(null);
    websocket.setSocket(stream, Buffer.alloc(0), {});
    stream.push(closeFrame(1000));
    expect(await once(websocket, 'close')).toEqual([1000, Buffer.alloc(0)]);
  });

  it('shows the socket under it, and none before', () => {
    const { socket, websocket } = opened();
    expect([new WebSocket(null)._socket, websocket._socket]).toEqual([null, socket]);
  });

  it('takes bytes for a reason, and what is no UTF-8 in them is replaced', async () => {
    const { socket, websocket } = opened();
    websocket.close(1000, Buffer.from([0x61, 0xff]));
    await turnOver();
    expect(socket.frames[0]!.payload.subarray(2).toString()).toBe('a\ufffd');
  });

  it('says its state in words when it is too late', async () => {
    const { websocket } = opened();
    websocket.terminate();
    expect(readyStates[websocket.readyState]).toBe('CLOSING');
    const error = await new Promise<Error | undefined>((resolve) => {
      websocket.send('late', resolve);
    });
    expect(error?.message).toBe('WebSocket is not open: readyState 2 (CLOSING)');
  });

  it('masks as its role has to, whatever the options of a message say', async () => {
    const { socket, websocket } = opened();
    websocket.send('a', { mask: true });
    websocket.ping('b', true);
    await turnOver();
    expect(Buffer.concat(socket.writes)).toEqual(Buffer.from('\x81\x01a\x89\x01b', 'latin1'));
  });
});
