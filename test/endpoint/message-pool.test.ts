import { beforeEach, describe, expect, it } from 'vitest';
import {
  forgetKept,
  keptSizes,
  textMemory,
  transientMemory,
} from '../../src/endpoint/message-pool.ts';
import { record } from './support.ts';
import { pair } from './watched.ts';

const take = (least: number, wanted: number): Uint8Array | undefined =>
  transientMemory.take(least, wanted);
const give = (buffer: Uint8Array): void => transientMemory.give(buffer);
const kibi = 1024;
beforeEach(forgetKept);

describe('memory for messages that are put together', () => {
  it('text is lent always, bytes only where they are transient', () => {
    expect([textMemory.lends(true), textMemory.lends(false)]).toEqual([true, false]);
    expect([transientMemory.lends(true), transientMemory.lends(false)]).toEqual([true, true]);
  });

  it('is made as large as it is asked for, and nobody else has it', () => {
    const made = textMemory.make(70_000);
    expect([made.length, made.byteOffset, made.buffer.byteLength]).toEqual([70_000, 0, 70_000]);
  });

  it('is the smallest that has what is wanted, else the largest that is enough, else none', () => {
    for (const size of [8, 64, 16, 32]) {
      give(new Uint8Array(size * kibi));
    }
    expect(take(1, 20 * kibi)?.length).toBe(32 * kibi);
    expect(take(1, 1000 * kibi)?.length).toBe(64 * kibi);
    expect(take(10 * kibi, 1000 * kibi)?.length).toBe(16 * kibi);
    expect(take(10 * kibi, 10 * kibi)).toBeUndefined();
    expect(keptSizes()).toEqual([8 * kibi]);
  });

  it('of 16 MiB and 8 buffers at the most; the oldest leave first', () => {
    for (let i = 1; i <= 9; i += 1) {
      give(new Uint8Array(i * 4096));
    }
    expect(keptSizes()).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((i) => i * 4096));
    give(new Uint8Array(16 * kibi * kibi));
    expect(keptSizes()).toEqual([16 * kibi * kibi]);
    give(new Uint8Array(16 * kibi * kibi + 1));
    give(new Uint8Array(4095));
    expect(keptSizes()).toEqual([16 * kibi * kibi]);
  });

  it('what was taken does not count any more', () => {
    const most = 16 * kibi * kibi;
    give(new Uint8Array(most));
    expect(take(1, 1)?.length).toBe(most);
    give(new Uint8Array(most));
    give(new Uint8Array(4096));
    give(new Uint8Array(4096));
    expect(keptSizes()).toEqual([4096, 4096]);
    for (let i = 0; i < 3; i += 1) {
      take(1, 1);
    }
    give(new Uint8Array(most - 4096));
    give(new Uint8Array(4096));
    expect(keptSizes()).toEqual([most - 4096, 4096]);
  });

  it('is used again by the next message, and its content is never what was there before', async () => {
    const { client, server } = await pair();
    const got = record(server, 'message');
    for (let round = 0; round < 3; round += 1) {
      const text = String(round).repeat(300_000 - round * 1000);
      client.send(text);
      while (got.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(got.splice(0)[0]![0] === text).toBe(true);
    }
    expect(keptSizes().filter((size) => size >= 300_000).length).toBe(1);
  });
});
