import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';
import type { Payload } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import type { Exchange } from '../../src/transports/http-answers.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import { HttpRoads } from '../../src/transports/http-roads.ts';
import { streamEvents } from '../../src/transports/sse.ts';
import { type Clerk, down, openRoad, say, serve } from './roads.ts';

async function stream(
  limits: object = {},
): Promise<{ clerk: Clerk; read: () => Promise<string | undefined>; url: string; road: string }> {
  const { url, clerk } = await serve({ paddingBytes: 1, ...limits });
  const road = await openRoad(url);
  const response = await down(url, road, 0, { 'Tautline-Down': 'stream' });
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await chunks.read();
  return { clerk, url, road, read: async () => (await chunks.read()).value };
}

describe('a stream', () => {
  it('is written as fast as it is read, and what is not read waits in the mailbox only', async () => {
    const { clerk, read } = await stream({ maxBufferedBytes: 100_000_000 });
    const [pipe] = clerk.pipes;
    const big = 'x'.repeat(100_000);
    for (let i = 0; i < 300; i += 1) {
      say(pipe!, big);
    }
    expect(pipe!.bufferedBytes).toBe(300 * (big.length + 'data: \n'.length));
    let length = 0;
    const whole = Array.from(
      { length: 300 },
      (_, i) => `id: ${i + 1}\ndata: ${big}\n\n`.length,
    ).reduce((a, b) => a + b);
    while (length < whole) {
      length += (await read())!.length;
    }
    expect(length).toBe(whole);
  });

  it('goes on behind what the next request says has come', async () => {
    const { clerk, url, road, read } = await stream();
    say(clerk.pipes[0]!, 'a');
    say(clerk.pipes[0]!, 'b');
    expect(await read()).toContain('data: b');
    const next = await down(url, road, 1, { 'Tautline-Down': 'stream' });
    expect(await read()).toBeUndefined();
    const chunks = next.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('data: b')) {
      text += (await chunks.read()).value;
    }
    expect(text).toBe(': \n\nid: 2\ndata: b\n\n');
    await chunks.cancel();
  });

  it('ends with its road, with the reason in it', async () => {
    const { clerk, read } = await stream();
    clerk.pipes[0]!.close({ code: 4000, name: 'SERVER_STOPPING', reason: 'a\nb' });
    expect(await read()).toBe('id: 1\nevent: close\ndata: {"code":4000,"reason":"a\\nb"}\n\n');
    expect(await read()).toBeUndefined();
    await expect.poll(() => clerk.told).toEqual(['closed']);
  });
});

/** An answer that the peer does not read: what is written is taken, or is too much, as the test says; its end never leaves. */
class Unread extends EventEmitter {
  readonly written: string[] = [];
  hasRoom = true;
  hasEnded = false;
  destroyed = false;

  writeHead(): void {
    // Of no interest here.
  }

  write(text: string): boolean {
    expect(this.hasEnded, 'written after its end').toBe(false);
    this.written.push(text);
    return this.hasRoom;
  }

  end(): void {
    this.hasEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('A6: a stream that nobody reads', () => {
  function unread(limits: object = {}) {
    const clock = new ManualClock();
    const told: string[] = [];
    const roads = new HttpRoads('n', clock, { ...httpRoadDefaults, ...limits });
    const road = roads.open({
      name: 'sse',
      address: undefined,
      handshake: { headers: {}, url: '/' },
    })!;
    road.tell({ received() {}, closed: () => void told.push('closed') });
    const attach = (): Unread => {
      const response = new Unread();
      streamEvents(road, { incoming: {}, response, origin: undefined } as unknown as Exchange, 0);
      return response;
    };
    return { clock, road, roads, told, attach };
  }
  const why = { code: 4000, name: 'SERVER_STOPPING', reason: 'bye' } as const;

  it('has its end, and not a byte behind it; then it is cut', async () => {
    const { clock, road, roads, told, attach } = unread({ heartbeatMs: 1_000 });
    const response = attach();
    road.close(why);
    await Promise.resolve();
    expect(response.hasEnded).toBe(true);
    clock.advance(4_999);
    expect([response.destroyed, told]).toEqual([false, []]);
    clock.advance(1);
    expect([response.destroyed, told, roads.count]).toEqual([true, ['closed'], 0]);
    clock.advance(100_000);
    expect(clock.pending).toBe(0);
  });

  it('is cut when another has come in its place: at once with too much to read, or after a while', async () => {
    const { clock, attach } = unread();
    const first = attach();
    const second = attach();
    second.hasRoom = false;
    clock.advance(4_999);
    expect([first.hasEnded, first.destroyed]).toEqual([true, false]);
    clock.advance(1);
    expect(first.destroyed).toBe(true);
    clock.advance(15_000);
    expect(second.written).toHaveLength(2);
    attach();
    expect(second.destroyed).toBe(true);
  });

  it('with too much to read has no heartbeat, and nothing more', async () => {
    const { clock, road, attach } = unread();
    const response = attach();
    response.hasRoom = false;
    road.send(new Shared<Payload>('x'));
    await Promise.resolve();
    road.send(new Shared<Payload>('y'));
    await Promise.resolve();
    clock.advance(59_999);
    expect(response.written.join('')).not.toContain('y');
    response.hasRoom = true;
    response.emit('drain');
    expect(response.written.at(-1)).toContain('data: y');
  });
});
