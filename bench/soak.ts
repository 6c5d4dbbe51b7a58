/**
 * `npx tsx bench/soak.ts [--minutes 30] [--connections 200]`: whether a server that compresses grows, message after message (THREATS C3).
 * Out: what it holds after each minute, and by how much that grows in an hour: the slope of a straight line through the last two
 * thirds. Fails: exits with 1 at 1 MiB an hour and more.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dial, type Websocket } from 'tautline/endpoint';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    connections: { type: 'string', default: '200' },
  },
});
const minutes = Number(values.minutes);
const mebibyte = 1024 ** 2;
/** A message of each connection in so many milliseconds: a load that leaves the machine free. */
const everyMs = 1000;

const server = fork(
  fileURLToPath(new URL('servers/tautline.mjs', import.meta.url)),
  ['--deflate'],
  {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  },
);
const websockets = await connectAll(await portOf(server), Number(values.connections));
const held: number[] = [];
for (let minute = 1; minute <= minutes; minute += 1) {
  await Promise.all(websockets.map(talk));
  server.kill('SIGUSR2');
  await wait(1000);
  held.push(residentBytes(server.pid!));
  console.log(`${minute} min: ${(held.at(-1)! / mebibyte).toFixed(2)} MiB`);
}
server.kill('SIGKILL');
const slope = slopeOf(held.slice(Math.floor(held.length / 3))) * 60;
console.log(`${(slope / mebibyte).toFixed(2)} MiB an hour`);
process.exit(slope < mebibyte ? 0 : 1);

async function portOf(child: ChildProcess): Promise<number> {
  const [said] = (await child.stdout!.take(1).toArray()) as [Buffer];
  return (JSON.parse(said.toString()) as { port: number }).port;
}

function connectAll(port: number, count: number): Promise<Websocket[]> {
  const options = { compression: { thresholdBytes: 0 }, atOnce: true } as const;
  const dialling = Array.from({ length: count }, () => dial(`ws://127.0.0.1:${port}/`, options));
  return Promise.all(dialling);
}

/** A minute of messages between 20 bytes and 40 KiB, each answered before the next. */
async function talk(websocket: Websocket, at: number): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    const back = new Promise<void>((resolve) => {
      const forget = websocket.on('message', () => {
        forget();
        resolve();
      });
    });
    websocket.send('Hello, everybody. '.repeat(1 + ((at * 7 + second * 131) % 2048)));
    await Promise.all([back, wait(everyMs)]);
  }
}

function residentBytes(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1024;
}

/** Of the straight line that lies nearest to the values, for each step. */
function slopeOf(all: readonly number[]): number {
  const meanX = (all.length - 1) / 2;
  const meanY = all.reduce((sum, y) => sum + y, 0) / all.length;
  const over = all.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0);
  const under = all.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  return over / under;
}
