import { describe, expect, it } from 'vitest';
import { dial, dialCounters } from '../../src/endpoint/index.ts';
import { closeFrame, eventually, frame, RawPeer, serve, text, upgradeHead } from './support.ts';

describe('the counters of an endpoint', () => {
  it('are all 0 at first', async () => {
    const { endpoint } = await serve();
    expect({ ...endpoint.counters }).toEqual({
      opened: 0,
      refused: 0,
      closed: 0,
      faulted: 0,
      messagesReceived: 0,
      messagesSent: 0,
      bytesReceived: 0,
      bytesSent: 0,
    });
  });

  it('count websockets, refusals, messages, and bytes with their frames', async () => {
    const { endpoint, port } = await serve({}, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
    });
    const { counters } = endpoint;
    const peer = await RawPeer.open(port);
    const head = counters.bytesSent;
    expect(head).toBeGreaterThan(100);
    const [hello, ping] = [text('hello'), frame(9)];
    peer.write(hello, ping);
    await peer.frames(2);
    expect({ ...counters }).toMatchObject({
      opened: 1,
      closed: 0,
      messagesReceived: 1,
      messagesSent: 1,
    });
    expect(counters.bytesReceived).toBe(hello.length + ping.length);
    expect(counters.bytesSent - head).toBe(2 + 5 + 2);
    const refused = await RawPeer.connect(port);
    refused.write(upgradeHead({ path: '/elsewhere', fields: { 'Sec-WebSocket-Key': 'x' } }));
    await refused.ended();
    expect(counters.refused).toBe(1);
    peer.write(closeFrame(1000));
    await peer.ended();
    peer.socket.end();
    await eventually(() => counters.closed === 1);
    expect(counters.faulted).toBe(0);
  });

  it('count who ended by a fault', async () => {
    const { endpoint, port } = await serve();
    const peer = await RawPeer.open(port);
    peer.write(frame(3));
    await peer.ended();
    peer.socket.end();
    await eventually(() => endpoint.counters.faulted === 1);
    expect(endpoint.counters.closed).toBe(1);
  });

  it('a message in pieces counts once, on both sides', async () => {
    const before = dialCounters.messagesSent;
    const { endpoint, url } = await serve({}, async (websocket) => {
      for await (const message of websocket.streams()) {
        await websocket.sendStream(message);
      }
    });
    const client = await dial(url);
    await client.sendStream(['one', 'two', 'three']);
    await eventually(() => endpoint.counters.messagesSent === 1);
    await client.close();
    expect([endpoint.counters.messagesReceived, dialCounters.messagesSent - before]).toEqual([
      1, 1,
    ]);
  });
});
