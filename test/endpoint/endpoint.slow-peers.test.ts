/**
 * Time limits of a server of `listen` before there is a websocket. They are Node's own timers, which no clock of ours turns: the
 * tests wait for the end of the socket, and read the time it took.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from './certificates.ts';
import { newEndpoint, RawPeer, upgradeHead } from './support.ts';

const handshakeWithinMs = 300;
/** Node looks at the times of its heads once a second. */
const graceMs = 10_000;
const tls = makeCertificate({ addresses: ['127.0.0.1'] });

async function listen(options: { tls?: typeof tls } = {}): Promise<number> {
  const endpoint = newEndpoint({ handshakeWithinMs });
  endpoint.mount('/', {}, () => expect.unreachable());
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', ...options });
  return port;
}

/** What a peer heard that does what `act` does, and after how long it was cut. */
async function cut(
  socket: Socket,
  act: (socket: Socket) => void = () => {},
): Promise<[string, number]> {
  const fromMs = performance.now();
  onTestFinished(() => void socket.destroy());
  const peer = new RawPeer(socket);
  act(socket);
  await peer.closed();
  return [peer.heard.toString('latin1'), performance.now() - fromMs];
}

/** One byte every 20 ms, for as long as somebody listens: never silent, never whole. */
function dribble(socket: Socket): void {
  const head = upgradeHead({ fields: { Padding: 'x'.repeat(10_000) } });
  let at = 0;
  const timer = setInterval(() => {
    socket.write(head[at]!);
    at += 1;
  }, 20);
  socket.once('close', () => clearInterval(timer));
}

function expectOnTime(tookMs: number): void {
  expect(tookMs).toBeGreaterThan(handshakeWithinMs * 0.9);
  expect(tookMs).toBeLessThan(handshakeWithinMs + graceMs);
}

describe('handshakeWithinMs cuts', () => {
  it('A5 a socket that says nothing', async () => {
    const [heard, tookMs] = await cut(connect(await listen(), '127.0.0.1'));
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expectOnTime(tookMs);
  });

  it('A5 a head that comes byte by byte', async () => {
    const [heard, tookMs] = await cut(connect(await listen(), '127.0.0.1'), dribble);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expectOnTime(tookMs);
  });

  it('A5 a socket that says nothing where TLS is spoken', async () => {
    const [heard, tookMs] = await cut(connect(await listen({ tls }), '127.0.0.1'));
    expect(heard).toBe('');
    expectOnTime(tookMs);
  });

  it('A5 a head that comes byte by byte over TLS', async () => {
    const port = await listen({ tls });
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert });
    const [heard, tookMs] = await cut(socket, dribble);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expectOnTime(tookMs);
  });
});
