/**
 * nginx and HAProxy of Debian, told what docs/2-guides/behind-a-proxy.md says.
 * In: the port of a server. Out: the port of the proxy, when it listens. Fails: with what it printed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

interface Ports {
  /** Where the proxy listens. */
  readonly own: number;
  readonly server: number;
}

export interface ReverseProxy {
  readonly name: string;
  readonly config: (ports: Ports, folder: string) => string;
  readonly command: (file: string, folder: string) => readonly [string, ...string[]];
}

const page = readFileSync(
  fileURLToPath(new URL('../docs/2-guides/behind-a-proxy.md', import.meta.url)),
  'utf8',
);

/** What the page tells a proxy, with the port of our server. */
function linesOf(language: string, { server }: Ports): string {
  const found = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1];
  expect(found, `the page has no lines of ${language}`).toBeDefined();
  expect(found).toContain('127.0.0.1:8082');
  return found!.replaceAll('127.0.0.1:8082', `127.0.0.1:${server}`);
}

export const nginx: ReverseProxy = {
  name: 'nginx',
  config: (ports, folder) => `daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/errors;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${ports.own};
    location /internal { return 403; }
    ${linesOf('nginx', ports)}
  }
}
`,
  command: (file, folder) => ['nginx', '-p', folder, '-e', join(folder, 'errors'), '-c', file],
};

export const haproxy: ReverseProxy = {
  name: 'HAProxy',
  config: (ports) => `${linesOf('haproxy', ports)}
frontend all
    bind 127.0.0.1:${ports.own}
    http-request deny if { path_beg /internal }
    default_backend chat
`,
  command: (file) => ['haproxy', '-db', '-f', file],
};

/** Gives the port when it listens. */
export async function start({ config, command }: ReverseProxy, server: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const own = await freePort();
  const file = join(folder, 'config');
  writeFileSync(file, config({ own, server }, folder));
  const [program, ...rest] = command(file, folder);
  const child = spawn(program, rest, { stdio: 'pipe' });
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const over = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await over;
    rmSync(folder, { recursive: true, force: true });
  });
  while (child.exitCode === null && !(await isListening(own))) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(child.exitCode, printed).toBeNull();
  return own;
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}
