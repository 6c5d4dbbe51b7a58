/**
 * `npx tsx bench/round-trip.ts`: what one websocket over HTTP/2 carries when the other end is far away, for each size of its windows.
 * Out: the table of docs/decisions/0010. Both ends have the same windows; without a way between them it is the machine that is measured.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { delay } from './delay.ts';

const roundTripsMs = [20, 100];
const windows = [
  { streamWindowBytes: 65_535, sessionWindowBytes: 65_535 },
  { streamWindowBytes: 1024 ** 2, sessionWindowBytes: 65_535 },
  { streamWindowBytes: 1024 ** 2, sessionWindowBytes: 4 * 1024 ** 2 },
  { streamWindowBytes: 4 * 1024 ** 2, sessionWindowBytes: 16 * 1024 ** 2 },
];
type Windows = (typeof windows)[number];

/** Time to reach full speed, and time that counts. Milliseconds. */
const warmMs = 1500;
const countedMs = 4000;
/** A masked binary frame of 64 KiB: the mask is zero, and costs the server the same. */
const frame = Buffer.concat([
  Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
  Buffer.alloc(65_536),
]);

const tls = makeCertificate();
console.log('| Round trip | Stream, session | Up, MiB/s | Down, MiB/s |\n|---|---|---|---|');
for (const roundTripMs of roundTripsMs) {
  for (const sizes of windows) {
    const server = await startServer(tls, sizes);
    const way = await delay(server.port, roundTripMs);
    const up = await withStream(way.port, '/up', sizes, (stream) => pour(stream, server.child));
    const down = await withStream(way.port, '/down', sizes, swallow);
    console.log(`| ${roundTripMs} ms | ${sizesOf(sizes)} | ${rate(up)} | ${rate(down)} |`);
    way.stop();
    server.child.kill('SIGKILL');
  }
}
process.exit();

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** By the program of OpenSSL, which must be there. */
function makeCertificate(): Certificate {
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout - -out -';
  const both = execFileSync('openssl', words.split(' '), { encoding: 'utf8', stdio: 'pipe' });
  return { key: both, cert: both };
}

async function startServer(
  certificate: Certificate,
  http2: Windows,
): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const file = fileURLToPath(new URL('./servers/round-trip.mjs', import.meta.url));
  const env = { ...process.env, LISTEN: JSON.stringify({ tls: certificate, http2 }) };
  const child = fork(file, { env });
  const { port } = await told<{ port: number }>(child);
  return { port, child };
}

function told<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Message)));
}

async function withStream(
  port: number,
  path: string,
  { streamWindowBytes, sessionWindowBytes }: Windows,
  measure: (stream: ClientHttp2Stream) => Promise<number>,
): Promise<number> {
  const session: ClientHttp2Session = connect(`https://localhost:${port}`, {
    ca: tls.cert,
    settings: { initialWindowSize: streamWindowBytes },
  });
  session.once('connect', () => session.setLocalWindowSize(sessionWindowBytes));
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':path': path,
      ':authority': 'localhost',
      'sec-websocket-version': '13',
    },
    { endStream: false },
  );
  await new Promise((resolve) => stream.once('response', resolve));
  const bytes = await measure(stream);
  stream.removeAllListeners('drain');
  session.destroy();
  return bytes;
}

/** Bytes that the server has taken in the time that counts. */
async function pour(stream: ClientHttp2Stream, server: ChildProcess): Promise<number> {
  const fill = (): void => {
    while (!stream.destroyed && stream.writableLength < 8 * 1024 ** 2) {
      stream.write(frame);
    }
  };
  stream.on('drain', fill);
  fill();
  const swallowed = async (): Promise<number> => {
    server.send('count');
    return (await told<{ swallowed: number }>(server)).swallowed;
  };
  await wait(warmMs);
  const from = await swallowed();
  await wait(countedMs);
  return (await swallowed()) - from;
}

/** Bytes that came in the time that counts. */
async function swallow(stream: ClientHttp2Stream): Promise<number> {
  let bytes = 0;
  stream.on('data', ({ length }: Buffer) => {
    bytes += length;
  });
  await wait(warmMs);
  const from = bytes;
  await wait(countedMs);
  return bytes - from;
}

function rate(bytes: number): string {
  return (bytes / 1024 ** 2 / (countedMs / 1000)).toPrecision(2);
}

function sizesOf({ streamWindowBytes, sessionWindowBytes }: Windows): string {
  return [streamWindowBytes, sessionWindowBytes]
    .map((bytes) => (bytes < 1024 ** 2 ? '64 KiB' : `${bytes / 1024 ** 2} MiB`))
    .join(', ');
}
