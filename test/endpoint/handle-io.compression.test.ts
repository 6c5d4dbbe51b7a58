/** Over handles all websockets are read into the same memory: what waits for the thread pool must not stay there. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dial } from '../../src/endpoint/index.ts';
import { goBy, serve } from './support.ts';

beforeAll(() => goBy('handle'));

/** Compresses well, and differs from all others. */
function patterned(seed: number): Buffer {
  const bytes = Buffer.alloc(300_000);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = (at * seed * 7 + (at >> 3)) & 0xff;
  }
  return bytes;
}

describe("io: 'handle' with compression", () => {
  it('gives every message of several websockets as it was sent, while more wait than may be inflated at once', async () => {
    const compression = { thresholdBytes: 0, offloadBytes: 1000 };
    const { url } = await serve({ compression }, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
    });
    const rounds = 8;
    await Promise.all(
      Array.from({ length: 4 }, async (_, peer) => {
        const websocket = await dial(url, { compression, atOnce: true });
        const sent = Array.from({ length: rounds }, (_, at) => patterned(peer * rounds + at + 1));
        for (const message of sent) {
          websocket.send(message);
        }
        let count = 0;
        for await (const message of websocket) {
          expect(sent[count]!.equals(message as Buffer)).toBe(true);
          count += 1;
          if (count === rounds) {
            break;
          }
        }
        expect(count).toBe(rounds);
        expect((await websocket.close()).clean).toBe(true);
      }),
    );
  });
});
