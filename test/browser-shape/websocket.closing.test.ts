/**
 * How a `WebSocket` ends: https://websockets.spec.whatwg.org/#dom-websocket-close and #feedback-from-the-protocol.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptFor } from '../../src/protocol/index.ts';
import { eventually, next, serve } from '../endpoint/support.ts';
import { connect, named, once, open, tell } from './support.ts';

/** A server that says exactly these bytes behind its handshake, and then ends its side if it is to. */
async function rawServer(bytes: readonly number[], { ends }: { ends: boolean }): Promise<string> {
  const http = createServer();
  const sockets: Socket[] = [];
  http.on('upgrade', ({ headers }, socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    const accept = acceptFor(headers['sec-websocket-key']!);
    const fields = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept';
    socket.write(`HTTP/1.1 101 Switching\r\n${fields}: ${accept}\r\n\r\n`);
    socket.write(Buffer.from(bytes));
    if (ends) {
      socket.end();
    }
  });
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    http.close();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

describe('close', () => {
  it.each([0, 1, 999, 1001, 2999, 5000, null, Number.NaN, 'reason'])(
    'with the code %s is an InvalidAccessError, and changes nothing',
    async (code) => {
      const { url } = await serve();
      const websocket = await open(url);
      expect(() => websocket.close(code as number)).toThrow(named('InvalidAccessError'));
      expect(websocket.readyState).toBe(1);
    },
  );

  it('with a reason of 124 bytes is a SyntaxError, and changes nothing', async () => {
    const { url } = await serve();
    const websocket = await open(url);
    expect(() => websocket.close(1000, 'ü'.repeat(62))).toThrow(named('SyntaxError'));
    expect(websocket.readyState).toBe(1);
  });

  it('code and reason go over, and what the server answers is told', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const closed = next(await accepted(), 'closed');
    const told = tell(websocket);
    websocket.close(3999, 'why \ud800');
    expect(websocket.readyState).toBe(2);
    expect(told).toEqual([]);
    await once(websocket, 'close');
    expect(told).toEqual([['close', 3999, 'why \ufffd', true]]);
    expect(websocket.readyState).toBe(3);
    expect((await closed)[0]).toMatchObject({ code: 3999, reason: 'why \ufffd', clean: true });
  });

  it('without a code nothing is said, and 1005 is told', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const closed = next(await accepted(), 'closed');
    const told = tell(websocket);
    websocket.close();
    await once(websocket, 'close');
    expect(told).toEqual([['close', 1005, '', true]]);
    expect((await closed)[0]).toMatchObject({ code: 1005, clean: true });
  });

  it('undefined is no code, and with a reason it is 1000', async () => {
    const { url } = await serve();
    const websocket = await open(url);
    const told = tell(websocket);
    websocket.close(undefined, 'why');
    await once(websocket, 'close');
    expect(told).toEqual([['close', 1000, 'why', true]]);
  });

  it('a second time, or within a listener of close, it does nothing', async () => {
    const { url } = await serve();
    const websocket = await open(url);
    const told = tell(websocket);
    websocket.onclose = () => websocket.close(4001);
    websocket.close(4000);
    websocket.close(4002);
    await once(websocket, 'close');
    websocket.close();
    expect(told).toEqual([['close', 4000, '', true]]);
  });

  it('what was sent before it goes over first, a Blob that is still read too', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    const came: unknown[] = [];
    server.on('message', (message) => came.push(String(message)));
    websocket.send(new Blob(['a'.repeat(100_000)]));
    websocket.send('b');
    websocket.close(4000);
    expect(websocket.readyState).toBe(2);
    await once(websocket, 'close');
    expect(came).toEqual(['a'.repeat(100_000), 'b']);
    expect(websocket.bufferedAmount).toBe(0);
  });

  it('while connecting: CLOSING at once, then error and close with 1006, and never open', async () => {
    const { url } = await serve();
    const websocket = connect(url);
    const told = tell(websocket);
    websocket.close(1000, 'early');
    expect([websocket.readyState, told]).toEqual([2, []]);
    await once(websocket, 'close');
    expect(told).toEqual([['error'], ['close', 1006, '', false]]);
  });

  it('at whichever moment of connecting: open is told before it, or never', async () => {
    const { url } = await serve();
    for (let turns = 0; turns < 40; turns += 1) {
      const websocket = connect(url);
      const told = tell(websocket);
      for (let turn = 0; turn < turns; turn += 1) {
        // Runs before whatever this turn of the loop has queued.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      const wasOpen = websocket.readyState === 1;
      websocket.close();
      await once(websocket, 'close');
      expect(told).toEqual(
        wasOpen ? [['open'], ['close', 1005, '', true]] : [['error'], ['close', 1006, '', false]],
      );
    }
  });
});

describe('what the server does', () => {
  it('its Close is told with its code and reason, as clean, after all it sent before', async () => {
    const { url } = await serve({}, (server) => {
      server.send('last');
      void server.close(4001, 'bye');
    });
    const websocket = connect(url);
    const told = tell(websocket);
    const states: number[] = [];
    websocket.onmessage = () => states.push(websocket.readyState);
    websocket.onclose = () => states.push(websocket.readyState);
    await once(websocket, 'close');
    expect(told).toEqual([['open'], ['message', 'last'], ['close', 4001, 'bye', true]]);
    expect(states).toEqual([1, 3]);
  });

  it('once its Close has come, readyState is CLOSING, and what is sent is counted only', async () => {
    // A Close frame without a code; the socket stays.
    const websocket = await open(await rawServer([0x88, 0], { ends: false }), [], {
      closeWithinMs: 50,
    });
    await eventually(() => websocket.readyState === 2);
    websocket.send('late');
    expect(websocket.bufferedAmount).toBe(4);
    const event = await once(websocket, 'close');
    expect(event).toMatchObject({ code: 1005, wasClean: true });
    expect(websocket.bufferedAmount).toBe(4);
  });

  it.each([
    ['text that is not UTF-8', [0x81, 1, 0xff]],
    ['a reserved bit', [0xc1, 0]],
    ['a masked frame', [0x81, 0x80, 1, 2, 3, 4]],
    ['a Close with a body of one byte', [0x88, 1, 3]],
  ])('%s: error, then close with 1006, and neither is clean', async (_, bytes) => {
    const websocket = connect(await rawServer(bytes, { ends: true }));
    const told = tell(websocket);
    await once(websocket, 'close');
    expect(told).toEqual([['open'], ['error'], ['close', 1006, '', false]]);
  });

  it('a connection that is lost: error, then close with 1006', async () => {
    const websocket = connect(await rawServer([], { ends: true }));
    const told = tell(websocket);
    const error = once(websocket, 'error');
    await once(websocket, 'close');
    expect(told).toEqual([['open'], ['error'], ['close', 1006, '', false]]);
    expect(await error).toMatchObject({ error: { code: 'CONNECTION_LOST' } });
  });

  it('a handshake that is refused: error that says so, then close with 1006, and CLOSED', async () => {
    const { url } = await serve();
    const websocket = connect(`${url}elsewhere`);
    const told = tell(websocket);
    const error = once(websocket, 'error');
    await once(websocket, 'close');
    expect(told).toEqual([['error'], ['close', 1006, '', false]]);
    expect(websocket.readyState).toBe(3);
    expect(await error).toMatchObject({ error: { code: 'HANDSHAKE_REFUSED', status: 404 } });
  });

  it('nobody who listens: nothing is thrown', async () => {
    const websocket = connect('ws://127.0.0.1:1/');
    await eventually(() => websocket.readyState === 3);
  });
});
