/** Two floors count what waits for a client: the hub's limit is the one that is meant to be met. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import type { HubLimits } from '../../src/hub/index.ts';
import { createServer, type Server } from '../../src/server/index.ts';

const mebibyte = 1_048_576;

/** A server, and one client of it that follows `news`. */
async function followed(limits: HubLimits): Promise<[Server, Websocket]> {
  const policy = { connect: () => 'ann', subscribe: () => true, publish: () => true };
  const server = createServer({ policy, limits, channels: () => ({ slow: 'disconnect' }) });
  onTestFinished(() => server.close({ withinMs: 0 }));
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  const client = await dial(`ws://127.0.0.1:${port}/`, { subprotocols: ['tautline.v1.json'] });
  onTestFinished(() => client.terminate());
  client.send('{"type":"hello","version":1,"capabilities":[],"token":""}');
  client.send('{"type":"subscribe","id":1,"channel":"news"}');
  await heard(client, '"caughtUp"');
  return [server, client];
}

/** The first message from now on that contains `some`. */
function heard(client: Websocket, some: string): Promise<string> {
  return new Promise((resolve) => {
    const stop = client.on('message', (message) => {
      if (String(message).includes(some)) {
        stop();
        resolve(String(message));
      }
    });
  });
}

/** The code that it closes with. */
function closing(client: Websocket): Promise<number> {
  return new Promise((resolve) => client.on('closed', ({ code }) => resolve(code)));
}

describe('what waits for a client', () => {
  it('is counted by the hub first when its limit is above that of a websocket: 4001, not 1008', async () => {
    const [server, client] = await followed({
      maxOutletBytes: 40 * mebibyte,
      maxDataBytes: mebibyte / 2,
    });
    const closed = closing(client);
    client.pause();
    const data = 'x'.repeat(500_000);
    for (let published = 0; server.view().sessions === 1; published += 1) {
      await server.publish('news', data);
      expect(published).toBeLessThan(200);
    }
    client.resume();
    expect(await closed).toBe(4001);
  });

  it('may be one large message, when nothing waited before it', async () => {
    const [server, client] = await followed({ maxOutletBytes: 10_000, maxDataBytes: mebibyte / 2 });
    const closed = closing(client);
    const large = heard(client, '"publication"');
    await server.publish('news', 'x'.repeat(500_000));
    expect((await large).length).toBeGreaterThan(500_000);
    // A websocket that found it too much would take nothing after it.
    const small = heard(client, '"small"');
    await server.publish('news', 'small');
    expect(String(await Promise.race([small, closed]))).toContain('"small"');
  });
});

describe('what a client may send', () => {
  it('is the longest JSON text, three bytes for each character, and not one byte more', async () => {
    const codes: number[] = [];
    for (const more of ['', 'x']) {
      const [, client] = await followed({});
      const closed = closing(client);
      client.send(Buffer.from('€'.repeat(1_048_576) + more));
      codes.push(await closed);
    }
    // The first comes as far as the gateway, which speaks text; the second is refused by the websocket.
    expect([codes[0]! >= 4000, codes[1]]).toEqual([true, 1009]);
  });
});
