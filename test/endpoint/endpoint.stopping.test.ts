/** `close` of an endpoint: what was said before is heard, nobody new comes in, and then everybody is gone. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial } from '../../src/endpoint/index.ts';
import {
  eventually,
  HandClock,
  newEndpoint,
  next,
  RawPeer,
  record,
  serve,
  upgradeHead,
} from './support.ts';

describe('an endpoint that is closed', () => {
  it('delivers what was sent before, held or waiting, then says 1001', async () => {
    const { endpoint, url, accepted } = await serve();
    const client = await dial(url);
    const got = record(client, 'message');
    const closed = next(client, 'closed');
    const server = await accepted();
    const large = Buffer.alloc(3_000_000, 7);
    server.send(large);
    server.hold();
    server.send('held');
    await endpoint.close();
    const [why] = await closed;
    expect([why.code, why.clean]).toEqual([1001, true]);
    expect([large.equals(got[0]![0] as Buffer), got[1]![0], got.length]).toEqual([true, 'held', 2]);
  });

  it('listens no more from the first moment, while those who are in take their time', async () => {
    const clock = new HandClock();
    const { endpoint, port } = await serve({ closeWithinMs: 60_000 }, () => {}, { clock });
    const peer = await RawPeer.open(port);
    const over = endpoint.close({ withinMs: 1_000 });
    await expect(RawPeer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(endpoint.websockets.size).toBe(1);
    clock.advance(1_000);
    await over;
    await peer.ended();
  });

  it('says 503 to whom it was just letting in, and when to come back', async () => {
    const server = createServer();
    onTestFinished(() => server.close().closeAllConnections());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = newEndpoint();
    const decisions: (() => void)[] = [];
    const admit = (): Promise<undefined> =>
      new Promise((resolve) => decisions.push(() => resolve(undefined)));
    endpoint.mount('/', { admit }, () => expect.unreachable());
    endpoint.attach(server);
    const peer = await RawPeer.connect((server.address() as AddressInfo).port);
    peer.write(upgradeHead());
    await eventually(() => decisions.length === 1);
    const over = endpoint.close();
    decisions[0]!();
    const head = await peer.head();
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect(head).toMatch(/\r\nRetry-After: 5\r\n/);
    await over;
    expect(endpoint.counters.refused).toBe(1);
  });

  it('cuts off a message in pieces, and tells who sends it', async () => {
    const { endpoint, url, accepted } = await serve();
    await dial(url);
    const server = await accepted();
    const sent = server.sendStream({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    });
    await Promise.all([
      endpoint.close(),
      expect(sent).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED', retryable: true }),
    ]);
  });
});
