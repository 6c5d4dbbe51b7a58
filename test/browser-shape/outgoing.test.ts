/**
 * `bufferedAmount`: payload that the system has not taken, to the byte, without headers and control frames.
 * https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount
 */
import { describe, expect, it } from 'vitest';
import { Outgoing } from '../../src/browser-shape/outgoing.ts';
import type { Websocket } from '../../src/endpoint/index.ts';
import { eventually, serve, turnOver } from '../endpoint/support.ts';
import { once, open } from './support.ts';

/** A websocket whose socket takes as many bytes as it is told to; a frame has six bytes of header here. */
class Scale {
  sentBytes = 0;
  bufferedBytes = 0;
  state = 'open';
  readonly said: unknown[] = [];

  send(message: string | Uint8Array): void {
    this.said.push(message);
    this.bufferedBytes += 6 + Buffer.byteLength(message);
  }

  close(code: number, reason: string): void {
    this.said.push([code, reason]);
  }

  take(bytes: number): void {
    this.sentBytes += bytes;
    this.bufferedBytes -= bytes;
  }
}

function opened(maxBufferedBytes = 1000): { scale: Scale; outgoing: Outgoing; failures: Error[] } {
  const scale = new Scale();
  const failures: Error[] = [];
  const outgoing = new Outgoing(maxBufferedBytes, (error) => failures.push(error));
  outgoing.open(scale as unknown as Websocket);
  return { scale, outgoing, failures };
}

describe('bufferedAmount', () => {
  it('grows by the bytes of UTF-8, of a view, of a Blob, and by nothing for nothing', () => {
    const { outgoing } = opened();
    const amounts = ['ü🧵', new Uint8Array(10), new Blob(['abc']), '', 'x'].map((data) => {
      outgoing.send(data, false);
      return outgoing.bufferedAmount;
    });
    expect(amounts).toEqual([6, 16, 19, 19, 20]);
  });

  it('does not shrink while the task runs that sent, and is exact in the next', async () => {
    const { scale, outgoing } = opened();
    outgoing.send('abc', false);
    scale.take(9);
    expect(outgoing.bufferedAmount).toBe(3);
    await turnOver();
    expect(outgoing.bufferedAmount).toBe(0);
  });

  it('of a frame that left in part it counts the payload that is still here', async () => {
    const { scale, outgoing } = opened();
    outgoing.send('a'.repeat(10), false);
    outgoing.send('b'.repeat(10), false);
    await turnOver();
    const amounts = [6, 4, 6, 6, 4, 5, 1].map((bytes) => {
      scale.take(bytes);
      return outgoing.bufferedAmount;
    });
    expect(amounts).toEqual([20, 16, 10, 10, 6, 1, 0]);
  });

  it('does not count what goes between the messages', async () => {
    const { scale, outgoing } = opened();
    outgoing.send('abc', false);
    scale.bufferedBytes += 100;
    await turnOver();
    scale.take(9);
    expect(outgoing.bufferedAmount).toBe(0);
    outgoing.send('de', false);
    await turnOver();
    scale.take(100);
    expect(outgoing.bufferedAmount).toBe(2);
    scale.take(8);
    expect(outgoing.bufferedAmount).toBe(0);
  });

  it('keeps what was sent too late, and what was lost with the connection', async () => {
    const { scale, outgoing } = opened();
    outgoing.send('a'.repeat(10), false);
    outgoing.send('late', true);
    scale.take(9);
    await turnOver();
    outgoing.end();
    expect(outgoing.bufferedAmount).toBe(7 + 4);
    outgoing.send('later', true);
    expect(outgoing.bufferedAmount).toBe(7 + 4 + 5);
  });

  it('keeps what a peer that is closing will not get', async () => {
    const { scale, outgoing } = opened();
    scale.state = 'closing';
    outgoing.send('abc', false);
    await turnOver();
    expect([outgoing.bufferedAmount, scale.said]).toEqual([3, []]);
  });
});

describe('the order', () => {
  it('what is sent after a Blob waits until that is read, Blobs one after the other', async () => {
    const { scale, outgoing } = opened();
    outgoing.send(new Blob(['one']), false);
    outgoing.send('two', false);
    outgoing.send(new Blob(['three']), false);
    outgoing.close({ code: 4000, reason: 'bye' });
    expect([scale.said, outgoing.bufferedAmount]).toEqual([[], 11]);
    await eventually(() => scale.said.length === 4);
    const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
    expect(scale.said).toEqual([bytes('one'), 'two', bytes('three'), [4000, 'bye']]);
    expect(outgoing.bufferedAmount).toBe(11);
  });

  it('bytes behind a Blob are those of the time when they were sent', async () => {
    const { scale, outgoing } = opened();
    const bytes = Uint8Array.of(1);
    outgoing.send(new Blob(['one']), false);
    outgoing.send(bytes, false);
    bytes[0] = 2;
    await eventually(() => scale.said.length === 2);
    expect(scale.said[1]).toEqual(Uint8Array.of(1));
  });

  it('what still waits at the end is never sent', async () => {
    const { scale, outgoing } = opened();
    const blob = new Blob(['one']);
    const read = Promise.resolve(new ArrayBuffer(3));
    blob.arrayBuffer = () => read;
    outgoing.send(blob, false);
    outgoing.send('two', false);
    outgoing.end();
    await turnOver();
    expect([scale.said, outgoing.bufferedAmount]).toEqual([[], 6]);
  });
});

describe('what goes wrong', () => {
  it('as much as may wait behind a Blob waits; one byte more fails it and stays counted', () => {
    const { outgoing, failures } = opened(10);
    outgoing.send(new Blob(['12345']), false);
    outgoing.send('67890', false);
    expect(failures).toEqual([]);
    outgoing.send('x', false);
    expect(failures).toHaveLength(1);
    expect(outgoing.bufferedAmount).toBe(11);
  });

  it('a Blob that cannot be read fails it', async () => {
    const { scale, outgoing, failures } = opened();
    const blob = new Blob(['x']);
    blob.arrayBuffer = () => Promise.reject(new Error('gone'));
    outgoing.send(blob, false);
    outgoing.send('behind', false);
    await eventually(() => failures.length > 0);
    expect([failures, scale.said]).toEqual([[new Error('gone')], []]);
  });
});

describe('over a real socket', () => {
  it('sinks to 0 as a slow server takes it, never by more than was sent', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    server.pause();
    const size = 20_000_000;
    websocket.send(new Uint8Array(size));
    expect(websocket.bufferedAmount).toBe(size);
    await turnOver();
    const held = websocket.bufferedAmount;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(size);
    server.terminate();
    await once(websocket, 'close');
    expect(websocket.bufferedAmount).toBeGreaterThan(0);
    expect(websocket.bufferedAmount).toBeLessThanOrEqual(held);
  });

  it('is 0 once all has arrived', async () => {
    const { url, accepted } = await serve({
      maxMessageBytes: 30_000_000,
      maxFrameBytes: 30_000_000,
    });
    const websocket = await open(url);
    const server = await accepted();
    let came = 0;
    server.on('message', (message) => {
      came += message.length;
    });
    websocket.send(new Uint8Array(20_000_000));
    websocket.send('end');
    await eventually(() => came === 20_000_003);
    await eventually(() => websocket.bufferedAmount === 0);
  });

  it('more than maxBufferedBytes: error, then close with 1006', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url, [], {
      highWaterBytes: 0,
      maxBufferedBytes: 1_000_000,
      closeWithinMs: 100,
    });
    (await accepted()).pause();
    websocket.send(new Uint8Array(30_000_000));
    const event = await once(websocket, 'error');
    expect(event).toMatchObject({ error: { fault: 'READS_TOO_SLOWLY' } });
    expect(websocket.bufferedAmount).toBeGreaterThan(1_000_000);
  });
});
