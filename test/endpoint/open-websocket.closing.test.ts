import { describe, expect, it, onTestFinished } from 'vitest';
import type { Closing, Websocket } from '../../src/endpoint/index.ts';
import {
  closeFrame,
  eventually,
  frame,
  HandClock,
  next,
  RawPeer,
  record,
  serve,
  text,
  turnOver,
} from './support.ts';
import { pair, watched } from './watched.ts';

describe('§7 closing', () => {
  const end = async (websocket: Websocket): Promise<Closing> =>
    (await next(websocket, 'closed'))[0];
  const clean = (code: number, reason = ''): Closing => ({
    code,
    reason,
    clean: true,
    fault: undefined,
  });
  const cut: Closing = { code: 1006, reason: '', clean: false, fault: undefined };

  it.each(['client', 'server'] as const)('by the %s', async (side) => {
    const both = await pair();
    const other = side === 'client' ? both.server : both.client;
    const theirs = end(other);
    const ours = end(both[side]);
    const promise = both[side].close(3456, 'reasons');
    expect(both[side].state).toBe('closing');
    expect(await theirs).toEqual(clean(3456, 'reasons'));
    expect(await promise).toEqual(clean(3456, 'reasons'));
    expect(await ours).toEqual(clean(3456, 'reasons'));
    expect([both.client.state, both.server.state]).toEqual(['closed', 'closed']);
    expect(await both[side].close()).toEqual(clean(3456, 'reasons'));
  });

  it('by both at once', async () => {
    const { client, server } = await pair();
    const closings = await Promise.all([client.close(4001, 'c'), server.close(4002, 's')]);
    expect(closings).toEqual([clean(4002, 's'), clean(4001, 'c')]);
  });

  it.each(['client', 'server'] as const)('cut by the %s', async (side) => {
    const both = await pair();
    const closings = Promise.all([end(both.client), end(both.server)]);
    both[side].terminate();
    both[side].terminate();
    expect(both[side].state).toBe('closing');
    expect(() => both[side].send('more')).toThrow(
      expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }),
    );
    expect(await closings).toEqual([cut, cut]);
  });

  it('inside of a message: what was sent before leaves before it', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => {
        if (websocket.state === 'open') {
          websocket.send(`last ${String(message)}`);
          void websocket.close(4000);
        }
      }),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    const closings = record(websocket, 'closed');
    peer.write(text('one'), text('two'));
    expect((await peer.frames(2)).map(({ opcode }) => opcode)).toEqual([1, 8]);
    // Messages may come until the Close does.
    expect(messages).toEqual([['one'], ['two']]);
    peer.write(closeFrame(4000), text('after'));
    peer.socket.end();
    await eventually(() => closings.length === 1);
    expect(closings).toEqual([[clean(4000)]]);
    expect(messages.length).toBe(2);
  });

  it('terminate inside of a message: it was the last', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', () => websocket.terminate()),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    const closings = record(websocket, 'closed');
    peer.write(text('one'), text('two'), closeFrame(1000));
    await eventually(() => closings.length === 1);
    expect(messages).toEqual([['one']]);
    expect(closings).toEqual([[cut]]);
  });

  it('closed comes once, last, and with everything settled', async () => {
    const { client, server } = await pair();
    const order: string[] = [];
    const pong = server.ping();
    server.terminate();
    server.on('closed', () => order.push(`closed ${server.state}`));
    server.on('message', () => order.push('message'));
    client.send('late');
    await expect(pong).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    await end(client);
    await turnOver();
    expect(order).toEqual(['closed closed']);
    await expect(server.drained()).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(() => void server.ping()).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    await expect(client.ping()).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(client.send('x')).toBe(false);
    server.pause();
    server.resume();
  });

  it('sending after your own close is your mistake, after the close of the peer it is not', async () => {
    const { client, server } = await pair();
    const theirs = end(server);
    void client.close();
    expect(() => client.send('x')).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    expect(() => void client.ping()).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    await theirs;
    expect(server.send('x')).toBe(false);
  });

  it('with 1005 says nothing: a Close frame without a body (§5.5.1)', async () => {
    const both = await pair();
    const theirs = end(both.server);
    expect(await both.client.close(1005)).toEqual(clean(1005));
    expect(await theirs).toEqual(clean(1005));
    const another = await pair();
    expect(() => void another.client.close(1005, 'why')).toThrow(
      expect.objectContaining({ code: 'CLOSE_CODE_INVALID' }),
    );
  });

  it('a peer that ends its side without a Close is 1006', async () => {
    const [it_] = await watched();
    const closing = end(it_!.websocket);
    it_!.peer.socket.end();
    expect(await closing).toEqual(cut);
    await it_!.peer.closed();
  });

  it('nobody has to wait for what breaks', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const { client, server } = await pair();
    void server.ping();
    server.send(Buffer.alloc(300_000));
    void server.drained();
    client.terminate();
    await end(server);
    void server.drained();
    void server.ping();
    await turnOver();
    expect(unhandled).toEqual([]);
  });
});

describe('§5.5 pings', () => {
  it('give the time of the way there and back, and several wait for one', async () => {
    const [it_] = await watched();
    const { peer, websocket } = it_!;
    const times = Promise.all([websocket.ping(), websocket.ping()]);
    const pings = await peer.frames(1);
    expect(pings.map(({ opcode }) => opcode)).toEqual([9]);
    const pongs = record(websocket, 'pong');
    peer.write(frame(10, 'another'), frame(10, pings[0]!.payload));
    const [one, other] = await times;
    expect(one).toBe(other);
    expect(websocket.roundTripMs).toBe(one);
    expect(pongs.map(([, time]) => time)).toEqual([undefined, one]);
    expect(parseInt(pings[0]!.payload.toString().slice(5), 10)).toBeGreaterThan(0);
  });

  it('of the peer are answered without us, and told', async () => {
    const { client, server } = await pair();
    const pings = record(server, 'ping');
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
    expect(pings.length).toBe(1);
  });

  it('that were under way when reading stopped are answered when it goes on', async () => {
    const { client, server } = await pair();
    const time = server.ping();
    server.pause();
    client.send('x');
    await turnOver();
    server.resume();
    expect(await time).toBeGreaterThanOrEqual(0);
    expect(await server.ping()).toBeGreaterThanOrEqual(0);
  });

  it('a silent peer is gone after ping and pong', async () => {
    const clock = new HandClock();
    const { port, accepted } = await serve({}, () => {}, { clock });
    const peer = await RawPeer.open(port);
    const websocket = await accepted();
    const closing = next(websocket, 'closed');
    clock.advance(15_000);
    expect((await peer.frames(1)).map(({ opcode }) => opcode)).toEqual([9]);
    clock.advance(5_100);
    expect((await closing)[0]).toMatchObject({ code: 1006, fault: { name: 'PONG_MISSING' } });
    await peer.ended();
  });
});
