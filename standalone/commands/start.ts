/**
 * `tautline start`: the first run. One port with a page and its clients, on the memory engine or, with a folder, on the durable one.
 * In: a port, a folder. Out: a server, until it is told to stop. Fails: when the address or the folder is not to be had.
 */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { ClassicLevel } from 'classic-level';
import { type Command, InvalidArgumentError } from 'commander';
import sirv from 'sirv';
import { createServer, type Server } from 'tautline';
import { durable } from 'tautline/brokers/durable';
import { systemClock } from 'tautline/endpoint';
import { openChat } from '../open-chat.ts';

export interface StartOptions {
  readonly port: number;
  readonly host: string;
  /** Where the log is kept. Without it: in memory. */
  readonly data?: string;
}

const pages = fileURLToPath(new URL('../console', import.meta.url));

/** Time for clients to leave when the process is told to stop, in milliseconds. */
const stopWithinMs = 2000;

/** Requests that dribble are not waited for, as with the endpoint's own servers. */
const patience = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

export function addStart(program: Command): void {
  program
    .command('start', { isDefault: true })
    .description('serve the chat page and its clients on one port')
    .option('-p, --port <number>', 'port to listen on, 0 for any', readPort, 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <folder>', 'keep the log here; without it, in memory')
    .action(start);
}

async function start({ port, host, data }: StartOptions): Promise<void> {
  const store = data === undefined ? undefined : new ClassicLevel(data);
  const tautline = createServer({
    policy: openChat,
    path: '/realtime',
    ...(store && { broker: durable({ store, clock: systemClock, onTrouble: console.error }) }),
  });
  const page = sirv(pages, { etag: true, single: false });
  const http = createHttpServer(patience, (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Content-Security-Policy', contentPolicy);
    page(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is nothing here.\n');
    });
  });
  await tautline.attach(http);
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, host, resolve);
    });
  } catch (error) {
    await tautline.close();
    throw problemOf(error as NodeJS.ErrnoException, { port, host });
  }
  announce(host, (http.address() as AddressInfo).port, data);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop(tautline, () => http.close()));
  }
}

/** In one line, with what to do about it. */
export function problemOf(error: NodeJS.ErrnoException, { port, host }: StartOptions): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `port ${port} of ${host} is taken: stop what listens there, or choose another with --port (0 for any)`,
      );
    case 'EACCES':
      return new Error(
        `port ${port} of ${host} is not allowed for this user: choose one above 1023 with --port`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`${host} is no address of this machine: choose one with --host`);
    default:
      return error;
  }
}

async function stop(tautline: Server, closeHttp: () => void): Promise<void> {
  console.log('\nStopping: telling every client to come back later.');
  closeHttp();
  await tautline.close({ withinMs: stopWithinMs });
  process.exit(0);
}

function announce(host: string, port: number, data: string | undefined): void {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
  console.log(`
  ${styleText('bold', 'Tautline')} is up: ${styleText(['cyan', 'underline'], url)}

  Open it in two tabs and write. Then try to break it: cut a tab's network with the button
  on the page, or stop this process with Ctrl+C and start it again.

  ${styleText('dim', engineLine(data))}
`);
}

function engineLine(data: string | undefined): string {
  return data === undefined
    ? 'Engine: memory. It forgets when it stops, and every page will say so.'
    : `Engine: durable, in ${data}. Kill this process as hard as you like: nothing that was confirmed is lost.`;
}

/** Only what the page itself brings. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function readPort(text: string): number {
  const port = text === '' ? Number.NaN : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  }
  return port;
}
