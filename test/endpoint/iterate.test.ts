import { describe, expect, it } from 'vitest';
import { dial, type Message, type Websocket } from '../../src/endpoint/index.ts';
import { closeFrame, eventually, frame, RawPeer, serve, text, turnOver } from './support.ts';

async function pair(): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const { port, accepted } = await serve();
  const peer = await RawPeer.open(port);
  return { peer, websocket: await accepted() };
}

const numbered = (from: number, to: number): Buffer[] =>
  Array.from({ length: to - from }, (_, i) => text(String(from + i)));

describe('for await', () => {
  it('gives the messages in order, and ends when the websocket closes cleanly', async () => {
    const { peer, websocket } = await pair();
    peer.write(text('one'), frame(2, 'two'), closeFrame(1000));
    void peer.ended().then(() => peer.socket.end());
    const messages: Message[] = [];
    for await (const message of websocket) {
      messages.push(message);
    }
    expect(messages).toEqual(['one', Buffer.from('two')]);
    expect(websocket.state).toBe('closed');
  });

  it('throws when it closes uncleanly, after what came before', async () => {
    const { peer, websocket } = await pair();
    const iterator = websocket[Symbol.asyncIterator]();
    peer.write(text('one'));
    peer.socket.end();
    expect(await iterator.next()).toEqual({ done: false, value: 'one' });
    await expect(iterator.next()).rejects.toMatchObject({
      code: 'WEBSOCKET_CLOSED',
      retryable: true,
    });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('of one that is closed already ends, or throws, at once', async () => {
    const { peer, websocket } = await pair();
    peer.write(closeFrame(1000));
    await peer.ended();
    peer.socket.end();
    await eventually(() => websocket.state === 'closed');
    expect(await websocket[Symbol.asyncIterator]().next()).toEqual({
      done: true,
      value: undefined,
    });
    const other = await pair();
    other.websocket.terminate();
    await eventually(() => other.websocket.state === 'closed');
    await expect(other.websocket[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'WEBSOCKET_CLOSED',
    });
  });

  it('slows the peer down while the body is busy: sixteen wait, no more', async () => {
    const { port, accepted } = await serve();
    const peer = await RawPeer.open(port);
    const websocket = await accepted();
    let told = 0;
    websocket.on('message', () => {
      told += 1;
    });
    const iterator = websocket[Symbol.asyncIterator]();
    peer.write(...numbered(0, 100));
    await eventually(() => told >= 16);
    await turnOver();
    expect(told).toBe(16);
    const messages: Message[] = [];
    for (let i = 0; i < 100; i += 1) {
      const { value } = await iterator.next();
      messages.push(value);
    }
    expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  it('gives all of a peer that has said everything and gone', async () => {
    const { peer, websocket } = await pair();
    peer.write(...numbered(0, 100), closeFrame(1000, 'done'));
    peer.socket.end();
    const messages: Message[] = [];
    for await (const message of websocket) {
      messages.push(message);
      if (messages.length === 1) {
        await eventually(() => peer.socket.writableFinished);
      }
    }
    expect(messages.length).toBe(100);
  });

  it('holds no more than sixteen though somebody else resumes', async () => {
    const { peer, websocket } = await pair();
    let told = 0;
    websocket.on('message', () => {
      told += 1;
    });
    websocket[Symbol.asyncIterator]();
    peer.write(...numbered(0, 50));
    await eventually(() => told === 16);
    websocket.resume();
    await turnOver();
    expect(told).toBe(17);
  });
});

describe('leaving the loop', () => {
  it('lets the peer go on, and takes the listeners away', async () => {
    const { peer, websocket } = await pair();
    peer.write(...numbered(0, 40));
    const later: Message[] = [];
    for await (const _first of websocket) {
      websocket.on('message', (message) => void later.push(message));
      break;
    }
    peer.write(text('last'));
    await eventually(() => later.at(-1) === 'last');
  });

  it('ends those who wait for the next', async () => {
    const { websocket } = await pair();
    const iterator = websocket[Symbol.asyncIterator]();
    const waiting = [iterator.next(), iterator.next()];
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('several may wait, and each gets one, in order', async () => {
    const { peer, websocket } = await pair();
    const iterator = websocket[Symbol.asyncIterator]();
    const waiting = [iterator.next(), iterator.next(), iterator.next()];
    peer.write(...numbered(0, 3));
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual(['0', '1', '2']);
  });

  it('by closing ends the loop as well', async () => {
    const { url, accepted } = await serve();
    const client = await dial(url);
    const server = await accepted();
    client.send('stop');
    const messages: Message[] = [];
    for await (const message of server) {
      messages.push(message);
      void server.close();
    }
    expect(messages).toEqual(['stop']);
  });
});
