import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { websocket } from '../../../src/client/transports/websocket.ts';
import { turn } from '../world.ts';

class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeWebSocket;
  readyState = 0;
  binaryType = 'blob';
  readonly calls: unknown[] = [];

  constructor(url: string, subprotocols: string[]) {
    super();
    if (url.startsWith('ws://insecure')) {
      throw new Error('SecurityError');
    }
    this.calls.push([url, subprotocols]);
    FakeWebSocket.last = this;
  }

  send(text: string): void {
    this.calls.push(text);
  }

  close(code: number, reason: string): void {
    this.calls.push([code, reason]);
  }
}

function open(url = 'ws://a.test/') {
  const told: unknown[] = [];
  const road = websocket().open(url, ['tautline.v1.json'], {
    opened: () => told.push('opened'),
    received: (payload) => told.push(payload),
    closed: (why) => told.push(why),
  });
  return { road, told, socket: FakeWebSocket.last };
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeWebSocket);
});
afterEach(() => vi.unstubAllGlobals());

describe('the platform’s WebSocket', () => {
  it('is opened with the URL and subprotocols, and tells of opening, text, bytes and closing', () => {
    const { told, socket } = open();
    expect(socket.calls).toEqual([['ws://a.test/', ['tautline.v1.json']]]);
    expect(socket.binaryType).toBe('arraybuffer');
    socket.dispatchEvent(new Event('open'));
    socket.dispatchEvent(new MessageEvent('message', { data: 'text' }));
    socket.dispatchEvent(new MessageEvent('message', { data: new Uint8Array([7]).buffer }));
    socket.dispatchEvent(Object.assign(new Event('close'), { code: 4000, reason: 'bye' }));
    expect(told).toEqual(['opened', 'text', new Uint8Array([7]), { code: 4000, reason: 'bye' }]);
  });

  it('sends while it is open, and nothing before or after', () => {
    const { road, socket } = open();
    socket.calls.length = 0;
    road.send('early');
    socket.readyState = 1;
    road.send('now');
    socket.readyState = 2;
    road.send('late');
    expect(socket.calls).toEqual(['now']);
  });

  it('closes with a code and a reason', () => {
    const { road, socket } = open();
    socket.calls.length = 0;
    road.close(3008, 'CONNECTION_LOST');
    expect(socket.calls).toEqual([[3008, 'CONNECTION_LOST']]);
  });

  it('one that the platform refuses to make is closed, after open has returned', async () => {
    const { road, told } = open('ws://insecure.test/');
    expect(told).toEqual([]);
    road.send('x');
    road.close(1000, '');
    await turn();
    expect(told).toEqual([{ code: 1006, reason: 'Error: SecurityError' }]);
  });
});
