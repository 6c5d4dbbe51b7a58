import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import * as door from '../../src/ws/index.ts';

const theirs = createRequire(import.meta.url)('ws') as object;

describe('the door', () => {
  it('is the class, with everything else on it', () => {
    const { WebSocket } = door;
    expect(door.default).toBe(WebSocket);
    expect(Object.entries(door)).toContainEqual(['module.exports', WebSocket]);
    expect(WebSocket.WebSocket).toBe(WebSocket);
    expect(WebSocket.Server).toBe(door.WebSocketServer);
    expect(WebSocket.WebSocketServer).toBe(door.WebSocketServer);
    expect(WebSocket.createWebSocketStream).toBe(door.createWebSocketStream);
    expect([WebSocket.name, door.WebSocketServer.name]).toEqual(['WebSocket', 'WebSocketServer']);
  });

  const withheld = ['PerMessageDeflate', 'Receiver', 'Sender'];

  it('lacks of what ws imports only what stands in the guide', () => {
    const lacking = Object.keys(ws).filter((name) => !(name in door));
    expect(lacking.filter((name) => name !== 'module.exports').sort()).toEqual(withheld);
  });

  it('lacks of what ws requires only what stands in the guide', () => {
    const lacking = Object.keys(theirs).filter((name) => !(name in door.WebSocket));
    expect(lacking.sort()).toEqual(withheld);
  });

  it('has the four states, on the class and on each websocket', () => {
    const { CONNECTING, OPEN, CLOSING, CLOSED } = door.WebSocket;
    expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
    const socket = new door.WebSocket(null);
    expect([socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([0, 1, 2, 3]);
  });
});
