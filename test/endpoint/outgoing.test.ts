/** What is sent while a message in pieces is under way. */
import { describe, expect, it } from 'vitest';
import { prepare, type Websocket } from '../../src/endpoint/index.ts';
import { eventually, RawPeer, record, serve, turnOver } from './support.ts';

interface Tap {
  readonly chunks: AsyncIterable<string>;
  give(chunk: string): void;
  end(): void;
}

/** A source that the test lets run. */
function tap(): Tap {
  const waiting: IteratorResult<string>[] = [];
  let wake = (): void => {};
  const put = (step: IteratorResult<string>): void => {
    waiting.push(step);
    wake();
  };
  const chunks = {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<string>> {
        while (waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return waiting.shift()!;
      },
    }),
  };
  return {
    chunks,
    give: (chunk) => put({ done: false, value: chunk }),
    end: () => put({ done: true, value: undefined }),
  };
}

async function open(options = {}): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const { port, accepted } = await serve(options);
  const peer = await RawPeer.open(port);
  return { peer, websocket: await accepted() };
}

async function said(peer: RawPeer, count: number): Promise<string[]> {
  const frames = await peer.frames(count);
  return frames.map(({ payload, final }) => `${payload.toString()}${final ? '.' : ''}`);
}

describe('while a message in pieces is under way', () => {
  it('what else is sent waits its turn, in order, other streams too', async () => {
    const { peer, websocket } = await open();
    const [first, second] = [tap(), tap()];
    const sent = [websocket.sendStream(first.chunks)];
    websocket.send('one');
    sent.push(websocket.sendStream(second.chunks));
    websocket.send(prepare('two'));
    websocket.send(Buffer.from('three'));
    second.give('second');
    second.end();
    first.give('first');
    expect(await said(peer, 1)).toEqual(['first']);
    await turnOver();
    expect(peer.heard.length).toBe(0);
    first.end();
    await Promise.all(sent);
    expect(await said(peer, 6)).toEqual(['.', 'one.', 'second', '.', 'two.', 'three.']);
  });

  it('afterwards everything is as before: sent at once', async () => {
    const { peer, websocket } = await open();
    await websocket.sendStream(['a']);
    expect(websocket.send('b')).toBe(true);
    expect(await said(peer, 3)).toEqual(['a', '.', 'b.']);
  });

  it('small bytes may change while they wait', async () => {
    const { peer, websocket } = await open();
    const source = tap();
    const sent = websocket.sendStream(source.chunks);
    const bytes = Buffer.from('before');
    websocket.send(bytes);
    bytes.fill('x');
    source.end();
    await sent;
    expect(await said(peer, 2)).toEqual(['.', 'before.']);
  });

  it('what waits counts in bufferedBytes, makes send say false, and drained wait', async () => {
    const { peer, websocket } = await open({ highWaterBytes: 100, maxBufferedBytes: 10_000 });
    const source = tap();
    const sent = websocket.sendStream(source.chunks);
    const drains = record(websocket, 'drained');
    expect([websocket.send('x'.repeat(100)), websocket.bufferedBytes]).toEqual([true, 100]);
    expect([websocket.send('é'), websocket.bufferedBytes]).toEqual([false, 102]);
    let isDrained = false;
    const drained = websocket.drained().then(() => {
      isDrained = true;
    });
    await turnOver();
    expect([isDrained, drains.length]).toEqual([false, 0]);
    source.end();
    await Promise.all([sent, drained]);
    expect(drains.length).toBe(1);
    await peer.frames(3);
    await eventually(() => websocket.bufferedBytes === 0);
  });

  it('maxBufferedBytes may wait, and not one more: nothing of that is sent', async () => {
    const { peer, websocket } = await open({ highWaterBytes: 100, maxBufferedBytes: 5000 });
    const source = tap();
    const sent = websocket.sendStream(source.chunks);
    websocket.send('a'.repeat(3976));
    const behind = websocket.sendStream(['b']);
    const inTheWay = expect.objectContaining({ code: 'STREAM_IN_THE_WAY' });
    expect(() => websocket.send('x')).toThrow(inTheWay);
    await expect(websocket.sendStream(['y'])).rejects.toEqual(inTheWay);
    source.end();
    await Promise.all([sent, behind]);
    expect((await said(peer, 4)).map((line) => line.slice(0, 3))).toEqual(['.', 'aaa', 'b', '.']);
    expect(websocket.state).toBe('open');
  });

  it('a source that fails takes what waits behind it along: the websocket closes', async () => {
    const { peer, websocket } = await open();
    const source = tap();
    const sent = websocket.sendStream(source.chunks);
    source.give('a');
    await peer.frames(1);
    const behind = websocket.sendStream(['b']);
    websocket.send('c');
    source.give(7 as unknown as string);
    await expect(sent).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    await expect(behind).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect((await peer.frames(1)).map(({ opcode }) => opcode)).toEqual([8]);
    expect(websocket.bufferedBytes).toBe(0);
  });

  it('is refused after our own close, and for what is no source of chunks', async () => {
    const { websocket } = await open();
    for (const wrong of [
      'text',
      Buffer.from('bytes'),
      7,
      null,
      undefined,
      {},
      new DataView(new ArrayBuffer(1)),
    ]) {
      await expect(websocket.sendStream(wrong as never)).rejects.toMatchObject({
        code: 'PAYLOAD_INVALID',
      });
    }
    void websocket.close();
    await expect(websocket.sendStream([])).rejects.toMatchObject({ code: 'SEND_AFTER_CLOSE' });
  });
});
