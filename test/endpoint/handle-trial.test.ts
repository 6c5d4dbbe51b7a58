import { afterEach, describe, expect, it, vi } from 'vitest';
import { RawPeer, upgradeHead } from './support.ts';

type Endpoint = typeof import('../../src/endpoint/index.ts');
type Trial = typeof import('../../src/endpoint/handle-trial.ts');

/** As in a process in which nothing was tried yet. */
async function afresh(): Promise<Endpoint & Trial> {
  vi.resetModules();
  return {
    ...(await import('../../src/endpoint/index.ts')),
    ...(await import('../../src/endpoint/handle-trial.ts')),
  };
}

const inside = process as unknown as { binding(name: string): Record<string, unknown> };

afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock('../../src/endpoint/handle-io.ts');
});

const unavailable = (why: RegExp): object =>
  expect.objectContaining({
    name: 'UsageError',
    code: 'IO_UNAVAILABLE',
    message: expect.stringMatching(why),
  });

describe('the trial', () => {
  it('succeeds here, once for all who ask', async () => {
    const { tryHandleIo, hasHandleIo } = await afresh();
    expect(hasHandleIo()).toBe(false);
    const trial = tryHandleIo();
    expect(tryHandleIo()).toBe(trial);
    await trial;
    expect(hasHandleIo()).toBe(true);
  });

  it('where Node forbids its internals, says so before anything is made', async () => {
    const { createEndpoint } = await afresh();
    vi.spyOn(inside, 'binding').mockImplementation(() => {
      throw new Error('Access to this API has been restricted');
    });
    expect(() => createEndpoint({ io: 'handle' })).toThrow(unavailable(/restricted.*leave/));
    expect(() => createEndpoint({ io: 'socket' })).not.toThrow();
  });

  it.each(['WriteWrap', 'ShutdownWrap', 'streamBaseState', 'kReadBytesOrError'])(
    'where %s is not there, says so',
    async (name) => {
      const { createEndpoint } = await afresh();
      const found = {
        stream_wrap: inside.binding('stream_wrap'),
        tcp_wrap: inside.binding('tcp_wrap'),
      };
      vi.spyOn(inside, 'binding').mockImplementation((asked) => ({
        ...found[asked as keyof typeof found],
        [name]: undefined,
      }));
      expect(() => createEndpoint({ io: 'handle' })).toThrow(unavailable(/no such internals/));
    },
  );

  it('where they behave otherwise, listening fails, and what is attached goes on with sockets', async () => {
    const { createEndpoint } = await afresh();
    const { createServer } = await import('node:http');
    const wrap = { ...inside.binding('stream_wrap'), kLastWriteWasAsync: 1000 };
    const tcp = inside.binding('tcp_wrap');
    // No write looks as if it had been taken at once.
    vi.spyOn(inside, 'binding').mockImplementation((asked) =>
      asked === 'stream_wrap' ? wrap : tcp,
    );
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const endpoint = createEndpoint({ io: 'handle' });
    await expect(endpoint.listen({ port: 0, host: '127.0.0.1' })).rejects.toEqual(
      unavailable(/leave the option out/),
    );
    expect(warned).toHaveBeenCalledWith(unavailable(/leave the option out/));
    endpoint.mount('/', {}, (websocket) => websocket.send('by a socket'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint.attach(server);
    const peer = await RawPeer.connect((server.address() as { port: number }).port);
    peer.write(upgradeHead());
    await peer.head();
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('by a socket');
    await endpoint.close({ withinMs: 0 });
    server.close();
  });
});
