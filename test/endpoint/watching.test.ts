/** What is told on the channels of Node's `diagnostics_channel`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial } from '../../src/endpoint/index.ts';
import { eventually, frame, HandClock, RawPeer, serve, upgradeHead } from './support.ts';

/** Everything on the channels that are named, as `[channel, message]`. */
function watch(...names: readonly string[]): [name: string, told: Record<string, unknown>][] {
  const told: [string, Record<string, unknown>][] = [];
  for (const name of names) {
    const note = (message: unknown): void => void told.push([name, message as never]);
    subscribe(`tautline:${name}`, note);
    onTestFinished(() => void unsubscribe(`tautline:${name}`, note));
  }
  return told;
}

const secret = 'secret';

describe('watching a server', () => {
  it('D20: a websocket is told when it opens and when it closes, with the same id, and no secret', async () => {
    const told = watch('websocket:open', 'websocket:close');
    const clock = new HandClock();
    const { port, endpoint } = await serve({ subprotocols: ['chat'] }, () => {}, { clock });
    const peer = await RawPeer.open(port, {
      path: `/?token=${secret}`,
      fields: { 'Sec-WebSocket-Protocol': 'chat', Cookie: secret, Authorization: secret },
    });
    const about = {
      id: expect.any(Number),
      role: 'server',
      path: '/',
      address: '127.0.0.1',
      subprotocol: 'chat',
    };
    expect(told).toEqual([['websocket:open', about]]);
    clock.advance(700);
    peer.write(frame(3, secret));
    await peer.ended();
    peer.socket.end();
    await eventually(() => endpoint.websockets.size === 0);
    expect(told[1]).toEqual([
      'websocket:close',
      { ...about, code: 1002, clean: false, fault: 'RESERVED_OPCODE', lastedMs: 700 },
    ]);
    expect(told[1]![1]['id']).toBe(told[0]![1]['id']);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it('a refusal is told, with its name and status', async () => {
    const told = watch('handshake:refused');
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: `/?${secret}`, fields: { Origin: 'https://evil.example' } }));
    await peer.ended();
    expect(told).toEqual([
      [
        'handshake:refused',
        { path: '/', address: '127.0.0.1', name: 'ORIGIN_REFUSED', status: 403 },
      ],
    ]);
  });

  it('one that opened while nobody watched is not told when it closes', async () => {
    const { port, endpoint } = await serve();
    const peer = await RawPeer.open(port);
    const told = watch('websocket:close');
    peer.socket.destroy();
    await eventually(() => endpoint.websockets.size === 0);
    expect(told).toEqual([]);
  });

  it('who throws while being told disturbs no websocket', async () => {
    const errors: unknown[] = [];
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => void errors.push(error));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) {
        process.on('uncaughtException', listener);
      }
    });
    const fails = (): void => {
      throw new Error('of a subscriber');
    };
    subscribe('tautline:websocket:open', fails);
    onTestFinished(() => void unsubscribe('tautline:websocket:open', fails));
    const { port, endpoint } = await serve();
    await RawPeer.open(port);
    expect(endpoint.websockets.size).toBe(1);
    await eventually(() => errors.length === 1);
  });
});

describe('watching a dialler', () => {
  const names = ['dial:start', 'dial:end', 'dial:error', 'websocket:open'] as const;

  it('a dialling is told when it starts and when it ends, then the websocket', async () => {
    const { url, port } = await serve();
    const told = watch(...names);
    const websocket = await dial(`${url}?token=${secret}`, { headers: { Authorization: secret } });
    const where = { path: '/', address: `127.0.0.1:${port}` };
    const mine = told.filter(([, { role }]) => role !== 'server');
    expect(mine).toEqual([
      ['dial:start', { id: expect.any(Number), ...where }],
      ['dial:end', { id: mine[0]![1]['id'], ...where, tookMs: expect.any(Number) }],
      [
        'websocket:open',
        { id: expect.any(Number), role: 'client', ...where, subprotocol: undefined },
      ],
    ]);
    expect(JSON.stringify(told)).not.toContain(secret);
    websocket.terminate();
  });

  it('one that fails is told with its code, and nothing opens', async () => {
    const { port } = await serve({ admit: () => ({ name: 'REFUSED', status: 418, message: '' }) });
    const told = watch(...names);
    await expect(dial(`ws://127.0.0.1:${port}/`)).rejects.toThrow();
    expect(told.map(([name]) => name)).toEqual(['dial:start', 'dial:error']);
    expect(told[1]![1]).toMatchObject({
      code: 'HANDSHAKE_REFUSED',
      fault: 'RESPONSE_NOT_101',
      status: 418,
      tookMs: expect.any(Number),
    });
  });
});
