import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Outbox } from '../../src/endpoint/outbox.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';

/** A connected pair whose far end does not read until it is told to. */
async function stalled(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const near = connect(port, '127.0.0.1');
  const far = await arrived;
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  await new Promise<void>((resolve) =>
    near.connecting ? near.once('connect', () => resolve()) : resolve(),
  );
  return { near, far };
}

/** Sends a frame of `bytes` bytes, each with the value `mark`. */
function send(outbox: Outbox, bytes: number, mark: number): void {
  const at = outbox.reserve(bytes);
  outbox.buffer.fill(mark, at, at + bytes);
}

describe('frames that wait for a peer that does not read', () => {
  it('keep alive little more than their own bytes, and leave whole and in order', async () => {
    const { near, far } = await stalled();
    const line = new SocketLine(near);
    const outbox = new Outbox(line, { progress() {} });
    line.owner = { turn() {}, halfEnded() {}, ended() {}, written: () => outbox.written() };
    while (!outbox.isBlocked) {
      send(outbox, 262_144, 255);
      outbox.flush();
    }
    const filled = outbox.bufferedBytes;
    const kept = new Set<ArrayBufferLike>();
    const frames = 20_000;
    for (let i = 0; i < frames; i += 1) {
      send(outbox, 100, i % 251);
      kept.add(outbox.buffer.buffer);
      // Others take from Node's pool too: a frame that stood there would keep a page of it alive by itself.
      Buffer.allocUnsafe(4000);
    }
    expect(outbox.bufferedBytes - filled).toBe(frames * 100);
    const keptBytes = [...kept].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(keptBytes).toBeLessThan(frames * 100 * 1.1);
    let marks = 0;
    let skipped = 0;
    let wrong = 0;
    await new Promise<void>((resolve) => {
      far.on('data', (chunk) => {
        for (const byte of chunk) {
          if (byte === 255) {
            skipped += 1;
          } else {
            wrong += byte === Math.floor(marks / 100) % 251 ? 0 : 1;
            marks += 1;
          }
        }
        if (marks === frames * 100) {
          resolve();
        }
      });
      far.resume();
    });
    expect(wrong).toBe(0);
    expect(skipped).toBeGreaterThan(0);
    expect(outbox.bufferedBytes).toBe(0);
  });
});
