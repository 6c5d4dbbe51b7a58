import { afterEach, describe, expect, it } from 'vitest';
import { createEndpoint, dial, type Endpoint, type Websocket } from '../../src/endpoint/index.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { FrontDesk, Gateway, Payload, Pipe } from '../../src/ports/index.ts';
import {
  type WebsocketTransportOptions,
  websocketTransport,
} from '../../src/transports/websocket.ts';
import { Bus } from './roads.ts';

const hub: FrontDesk = {
  post: new Bus().post('node1'),
  open() {
    throw new Error('these gateways have no use for it');
  },
};

/** Writes down what a pipe tells, and resolves `next` when there is something new. */
class Recorder {
  readonly told: unknown[] = [];
  private wake: (() => void) | undefined;

  note(what: unknown): void {
    this.told.push(what);
    this.wake?.();
  }

  async until(count: number): Promise<unknown[]> {
    while (this.told.length < count) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.told;
  }
}

const open: Endpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close({ withinMs: 100 })));
});

async function serve(
  options: Partial<WebsocketTransportOptions> = {},
): Promise<{ url: string; pipes: Pipe[]; recorder: Recorder; endpoint: Endpoint }> {
  const endpoint = createEndpoint();
  open.push(endpoint);
  const recorder = new Recorder();
  const pipes: Pipe[] = [];
  const gateway = (subprotocol: string): Gateway => ({
    subprotocol,
    open(pipe, frontDesk) {
      expect(frontDesk).toBe(hub);
      pipes.push(pipe);
      recorder.note(`open ${subprotocol}`);
      return {
        received: (payload) => recorder.note(payload),
        closed: () => recorder.note('closed'),
      };
    },
  });
  websocketTransport({
    endpoint,
    path: '/live',
    gateways: [gateway('one'), gateway('two')],
    hub,
    ...options,
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return { url: `ws://127.0.0.1:${port}/live`, pipes, recorder, endpoint };
}

function nextMessage(websocket: Websocket): Promise<unknown> {
  return new Promise((resolve) => {
    const off = websocket.on('message', (message) => {
      off();
      resolve(message);
    });
  });
}

describe('websockets as pipes', () => {
  it('the gateway of the agreed subprotocol speaks over the pipe', async () => {
    const { url, pipes, recorder } = await serve();
    const client = await dial(url, { subprotocols: ['two'] });
    client.send('text');
    client.send(new Uint8Array([1, 2]));
    expect(await recorder.until(3)).toEqual(['open two', 'text', Buffer.from([1, 2])]);
    expect([pipes[0]!.name, pipes[0]!.address, pipes[0]!.bufferedBytes]).toEqual([
      'websocket',
      '127.0.0.1',
      0,
    ]);
    await client.close();
    expect(await recorder.until(4)).toHaveLength(4);
    expect(recorder.told[3]).toBe('closed');
  });

  it('sends text as text and bytes as bytes, each framed once for all pipes', async () => {
    const { url, pipes, recorder } = await serve();
    const clients = await Promise.all([1, 2].map(() => dial(url, { subprotocols: ['one'] })));
    await recorder.until(2);
    const payload = new Shared<Payload>('grüß');
    const frames: unknown[] = [];
    const as = payload.as.bind(payload);
    payload.as = (encode) => {
      const frame = as(encode);
      frames.push(frame);
      return frame;
    };
    const got = clients.map(nextMessage);
    for (const pipe of pipes) {
      pipe.send(payload);
    }
    expect(await Promise.all(got)).toEqual(['grüß', 'grüß']);
    expect(frames).toHaveLength(2);
    expect(frames[0]).toBe(frames[1]);
    const bytes = nextMessage(clients[0]!);
    pipes[0]!.send(new Shared<Payload>(new Uint8Array([7])));
    const others = nextMessage(clients[1]!);
    pipes[1]!.send(new Shared<Payload>(new Uint8Array([7])));
    expect([await bytes, await others]).toEqual([Buffer.from([7]), Buffer.from([7])]);
  });

  it('closes with the code and the reason, and is silent afterwards', async () => {
    const { url, pipes, recorder } = await serve();
    const client = await dial(url, { subprotocols: ['one'] });
    const closed = new Promise((resolve) => client.on('closed', resolve));
    await recorder.until(1);
    pipes[0]!.close({ code: 4000, name: 'SERVER_STOPPING', reason: 'the server stops' });
    expect(() => pipes[0]!.send(new Shared<Payload>('late'))).not.toThrow();
    expect(await closed).toMatchObject({ code: 4000, reason: 'the server stops', clean: true });
    expect(await recorder.until(2)).toEqual(['open one', 'closed']);
    pipes[0]!.send(new Shared<Payload>('later'));
    await pipes[0]!.drained();
  });

  it('sends nothing, and throws nothing, when somebody else has closed it', async () => {
    const { url, pipes, recorder, endpoint } = await serve();
    const client = await dial(url, { subprotocols: ['one'] });
    const got: unknown[] = [];
    client.on('message', (message) => got.push(message));
    const closed = new Promise((resolve) => client.on('closed', resolve));
    await recorder.until(1);
    const stopped = endpoint.close();
    expect(() => pipes[0]!.send(new Shared<Payload>('while it closes'))).not.toThrow();
    expect(await closed).toMatchObject({ code: 1001, clean: true });
    await stopped;
    expect(() => pipes[0]!.send(new Shared<Payload>('when it is over'))).not.toThrow();
    expect([got, recorder.told]).toEqual([[], ['open one', 'closed']]);
  });

  it('says how much waits, and when it has left', async () => {
    const { url, pipes, recorder } = await serve({ highWaterBytes: 1_000 });
    const client = await dial(url, { subprotocols: ['one'] });
    await recorder.until(1);
    const [pipe] = pipes;
    client.pause();
    const payload = new Shared<Payload>(new Uint8Array(8 * 1024 * 1024));
    pipe!.send(payload);
    expect(pipe!.bufferedBytes).toBeGreaterThan(1_000);
    const got = nextMessage(client);
    const drained = pipe!.drained();
    client.resume();
    await drained;
    expect(pipe!.bufferedBytes).toBeLessThanOrEqual(1_000);
    expect(await got).toHaveLength(8 * 1024 * 1024);
  });

  it('who waits for a pipe that closes waits no more', async () => {
    const { url, pipes, recorder } = await serve({ highWaterBytes: 1_000 });
    const client = await dial(url, { subprotocols: ['one'] });
    await recorder.until(1);
    client.pause();
    pipes[0]!.send(new Shared<Payload>(new Uint8Array(8 * 1024 * 1024)));
    const drained = pipes[0]!.drained();
    client.terminate();
    await drained;
    expect((await recorder.until(2))[1]).toBe('closed');
  });
});

describe('who is let in', () => {
  it.each([[[]], [['three']]])('whoever offers %j is refused with 400', async (subprotocols) => {
    const { url, recorder } = await serve();
    await expect(dial(url, { subprotocols })).rejects.toMatchObject({ status: 400 });
    expect(recorder.told).toEqual([]);
  });

  it('of several that are offered the first gateway is chosen', async () => {
    const { url, recorder } = await serve();
    const client = await dial(url, { subprotocols: ['three', 'two', 'one'] });
    expect(client.subprotocol).toBe('one');
    expect(await recorder.until(1)).toEqual(['open one']);
  });

  it('pages of other origins are not, unless they are named', async () => {
    const headers = { Origin: 'https://evil.example' };
    const same = await serve();
    await expect(dial(same.url, { subprotocols: ['one'], headers })).rejects.toMatchObject({
      status: 403,
    });
    const named = await serve({ origins: ['https://evil.example'] });
    const client = await dial(named.url, { subprotocols: ['one'], headers });
    expect(client.state).toBe('open');
  });

  it('limits are those of the mount', async () => {
    const { url } = await serve({ maxMessageBytes: 10 });
    const client = await dial(url, { subprotocols: ['one'] });
    const closed = new Promise((resolve) => client.on('closed', resolve));
    client.send('x'.repeat(11));
    expect(await closed).toMatchObject({ code: 1009 });
  });
});
