/**
 * Through a proxy that is not ours: tinyproxy, with and without a password, to a server of ours.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, dial } from '../src/endpoint/index.ts';
import { converse, messages, summary } from './converse.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Gives its port when it listens. */
async function tinyproxy(...lines: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const port = await freePort();
  const file = join(folder, 'tinyproxy.conf');
  writeFileSync(file, [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', ...lines, ''].join('\n'));
  const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' });
  const over = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await over;
    rmSync(folder, { recursive: true, force: true });
  });
  while (child.exitCode === null && !(await isListening(port))) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(child.exitCode, 'it ended instead of listening').toBeNull();
  return port;
}

async function serve(): Promise<string> {
  const endpoint = createEndpoint();
  endpoint.mount('/', {}, (websocket) => {
    websocket.on('message', (message) => void websocket.send(message));
  });
  onTestFinished(() => endpoint.close({ withinMs: 0 }));
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return `ws://127.0.0.1:${port}/`;
}

const answers = [...messages, ...messages].map(summary);

describe('through tinyproxy', () => {
  it('every message comes back unchanged, and closing is clean', async () => {
    const proxy = `http://127.0.0.1:${await tinyproxy()}`;
    const websocket = await dial(await serve(), { proxy });
    expect(await converse(websocket)).toEqual(answers);
    expect(await websocket.close(4000, 'done')).toMatchObject({ code: 4000, clean: true });
  });

  it('it wants a user and a password', async () => {
    const port = await tinyproxy('BasicAuth ada secret');
    const url = await serve();
    await expect(dial(url, { proxy: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
      status: 407,
      retryable: false,
    });
    const websocket = await dial(url, { proxy: `http://ada:secret@127.0.0.1:${port}` });
    expect(await websocket.ping()).toBeGreaterThan(0);
    await websocket.close();
  });

  it('it leads nowhere it may not, and says when nobody is there', async () => {
    const strict = await tinyproxy('ConnectPort 443');
    const port = await tinyproxy();
    const url = await serve();
    await expect(dial(url, { proxy: `http://127.0.0.1:${strict}` })).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
      status: 403,
      retryable: false,
    });
    const gone = `ws://127.0.0.1:${await freePort()}/`;
    await expect(dial(gone, { proxy: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
      status: 500,
      retryable: true,
    });
  });
});
