/**
 * A whole server under attack, in a process of its own so that its memory is its own. Everybody may do everything.
 * In: as JSON in the first argument: `limits` of its hub, and `slow`, the rule of its channels. Out: its port; for each line that it reads an
 * answer: `look` and `rest`, what it takes now and took at the most since the last `rest`, in bytes, and how many sessions and sockets it has;
 * `publish CHANNEL COUNT BYTES EVERY_MS`, when that is done.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'tautline';

const { limits, slow } = JSON.parse(process.argv[2]);
const server = createServer({
  policy: { connect: ({ token }) => token, subscribe: () => true, publish: () => true },
  channels: () => (slow === undefined ? undefined : { kind: 'log', slow }),
  limits,
});
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${port}`);

let peak = 0;
const sample = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(sample, 20);

async function publish(channel, count, bytes, everyMs) {
  const fromMs = performance.now();
  for (let n = 0; n < count; n += 1) {
    await server.publish(channel, 'x'.repeat(bytes));
    await sleep(Math.max(0, fromMs + n * everyMs - performance.now()));
  }
}

let asked = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [what, channel, ...numbers] = line.split(' ');
  if (what === 'publish') {
    await publish(channel, ...numbers.map(Number));
  }
  if (what === 'rest') {
    globalThis.gc?.();
    peak = 0;
  }
  sample();
  asked += 1;
  const now = process.memoryUsage.rss();
  const handles = process.getActiveResourcesInfo().filter((name) => name.endsWith('Wrap')).length;
  const { sessions: open } = server.view();
  console.log(`told ${asked} ${JSON.stringify({ now, peak, open, handles })}`);
}
