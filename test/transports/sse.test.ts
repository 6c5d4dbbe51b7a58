import { describe, expect, it } from 'vitest';
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
