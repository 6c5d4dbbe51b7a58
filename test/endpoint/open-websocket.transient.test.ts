/** `payloads: 'transient'`: bytes that are good for the time of their listener. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/endpoint/index.ts';
import { websocketOptions } from '../../src/endpoint/options.ts';
import { eventually, frame, RawPeer, serve, text } from './support.ts';
import { watched } from './watched.ts';

const options = { payloads: 'transient' } as const;
const pieces = (payload: Uint8Array): Buffer[] => [
  frame(2, payload.subarray(0, 1000), { first: 2 }),
  frame(0, payload.subarray(1000)),
];

describe('transient payloads', () => {
  it('are seen whole inside of the listener, and are no copy', async () => {
    const seen: string[] = [];
    const memories = new Set<ArrayBufferLike>();
    const { port } = await serve(options, (websocket) => {
      websocket.on('message', (message) => {
        seen.push(String(message));
        memories.add((message as Buffer).buffer);
      });
    });
    const peer = await RawPeer.open(port);
    for (let round = 0; round < 5; round += 1) {
      peer.write(...pieces(Buffer.alloc(50_000, `${round}`)));
      await eventually(() => seen.length === round + 1);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((round) => `${round}`.repeat(50_000)));
    expect(memories.size).toBe(1);
  });

  it('owned ones, which are the default, are each their own', async () => {
    const got: Message[] = [];
    const { port } = await serve({}, (websocket) => {
      websocket.on('message', (message) => void got.push(message));
    });
    const peer = await RawPeer.open(port);
    for (const letter of ['a', 'b', 'c']) {
      peer.write(...pieces(Buffer.alloc(50_000, letter)), frame(2, letter));
    }
    await eventually(() => got.length === 6);
    expect(got.map(String)).toEqual(['a', 'b', 'c'].flatMap((one) => [one.repeat(50_000), one]));
  });

  it('may be sent as they are, also to a peer that does not read yet', async () => {
    const others = await watched();
    const { peer: slow, websocket: other } = others[0]!;
    slow.socket.pause();
    const rounds = 40;
    const { port } = await serve(options, (websocket) => {
      websocket.on('message', (message) => void other.send(message));
    });
    const peer = await RawPeer.open(port);
    for (let round = 0; round < rounds; round += 1) {
      peer.write(...pieces(Buffer.alloc(200_000, String.fromCharCode(65 + round))));
    }
    await eventually(() => other.bufferedBytes > 1_000_000);
    slow.socket.resume();
    await slow.until(() => slow.heard.length >= rounds * 200_010);
    const frames = await slow.frames(rounds);
    const isWhole = ({ payload }: { payload: Buffer }, round: number): boolean =>
      payload.equals(Buffer.alloc(200_000, String.fromCharCode(65 + round)));
    expect([frames.length, frames.every(isWhole)]).toEqual([rounds, true]);
  });

  it('strings, and what an iteration or a stream gives, are the application’s either way', async () => {
    for (const how of ['iteration', 'streams'] as const) {
      const kept: Message[] = [];
      const { port } = await serve(options, async (websocket) => {
        if (how === 'iteration') {
          for await (const message of websocket) {
            kept.push(message);
          }
        } else {
          for await (const stream of websocket.streams()) {
            for await (const piece of stream) {
              kept.push(piece);
            }
          }
        }
      });
      const peer = await RawPeer.open(port);
      for (const [round, letter] of ['a', 'b', 'c'].entries()) {
        peer.write(...pieces(Buffer.alloc(50_000, letter)), text(letter));
        await eventually(() => kept.join('').length === 50_001 * (round + 1));
      }
      expect(kept.map(String).join('')).toBe(
        ['a', 'b', 'c'].map((one) => one.repeat(50_001)).join(''),
      );
      peer.write(frame(8, Buffer.from([3, 232])));
      await peer.ended();
      peer.socket.end();
    }
  });

  it('are one of two words', () => {
    expect(websocketOptions(options).payloads).toBe('transient');
    for (const payloads of ['borrowed', true, null] as never[]) {
      expect(() => websocketOptions({ payloads })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});
