/**
 * The durable engine on a real disk, in a process that is killed at random moments, hundreds of times; and on files that lost their ends.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesOf, Lives, withBroker } from './lives.ts';

/** `KILLS=5000 npx vitest run --project full e2e/durable` for a night. */
const kills = Number(process.env['KILLS'] ?? 300);
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tautline-durable-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe(`SIGKILL at any moment (seed ${seed})`, () => {
  it(
    `${kills} times: what was acknowledged is there once, and keeps its place`,
    async () => {
      const random = chance(seed);
      const lives = new Lives(folder);
      for (let life = 0; life < kills; life += 1) {
        // One in ten does not live long enough to be ready: it dies while it looks what is there.
        const isEarly = random() < 0.1;
        await lives.live(isEarly ? undefined : 5 + random() * 45, 30 + random() * 100);
        await lives.look();
      }
      await lives.lookAtAll();
      // On a machine that is busy many do not come as far as an answer.
      expect(lives.fruitful).toBeGreaterThan(kills / 4);
      expect(lives.acknowledged).toBeGreaterThan(kills);
      expect(lives.duplicates).toBeGreaterThan(kills);
      expect(lives.unheard).toBeGreaterThan(0);
    },
    kills * 2_000,
  );
});

describe('a tail that is damaged', () => {
  async function append(channel: string, count: number): Promise<void> {
    await withBroker(folder, async ({ log }) => {
      for (let i = 0; i < count; i += 1) {
        await log.append(channel, { id: `${channel}-${i}`, data: i, atMs: i });
      }
    });
  }

  it('in the bytes of a value: it is cut, and said', async () => {
    await append('news', 10);
    const store = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: 'view' });
    const [[key, value] = ['', new Uint8Array()]] = await store
      .iterator({ gte: 'e!', lt: 'e"', reverse: true, limit: 1 })
      .all();
    const damaged = value.slice();
    damaged[damaged.length - 3]! ^= 4;
    await store.put(key, damaged);
    await store.close();
    await withBroker(folder, async (broker, troubles) => {
      const { top, publications } = await broker.log.latest('news', 1);
      expect([top.offset, publications[0]?.id]).toEqual([9, 'news-8']);
      expect(troubles.map(({ code }) => code)).toEqual(['STORE_CORRUPT']);
      await broker.log.append('news', { id: 'after', data: null, atMs: 0 });
      expect((await broker.log.latest('news', 1)).publications[0]).toMatchObject({
        offset: 10,
        prev: { offset: 9, id: 'news-8' },
      });
    });
  });

  it.each([1, 7, 100, 1_000, 3_000])(
    'in the files, %i bytes of which are gone: the rest is whole',
    async (bytes) => {
      await append('news', 100);
      const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
      const file = join(folder, files.at(-1)!);
      truncateSync(file, Math.max(0, statSync(file).size - bytes));
      await withBroker(folder, async (broker) => {
        let count = 0;
        let last = { offset: 0, id: '' };
        for await (const { offset, id, prev } of entriesOf(broker, 'news', 0)) {
          expect(prev).toEqual(last);
          last = { offset, id };
          count += 1;
        }
        expect(count).toBeLessThan(100);
        const { top } = await broker.log.latest('news', 1);
        expect(top).toEqual(last);
        const answer = await broker.log.append('news', { id: 'after', data: null, atMs: 0 });
        expect(answer).toMatchObject({ outcome: 'appended', position: { offset: count + 1 } });
      });
    },
  );
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
