/**
 * The server under attack: an echo, in a process of its own so that its memory is its own.
 * In: as JSON in the first argument: options of the endpoint, of the mount, and a key and certificate. Out: its port; for each line
 * that it reads, what it takes now and what it took at the most since the last that let it collect, in bytes, what is held of that, and how many
 * websockets and sockets it has. `look`: as it is. `rest`: when its garbage has been collected. `settle`: the same, and the least of several
 * times, since pages are given back later, by other threads.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEndpoint } from 'tautline/endpoint';

const { endpoint: endpointOptions, mount, tls, http2 } = JSON.parse(process.argv[2]);
const endpoint = createEndpoint(endpointOptions);
endpoint.mount('/', mount, (websocket) => {
  websocket.on('message', (message) => void websocket.send(message));
});
const where = { port: 0, host: '127.0.0.1' };
const { port } = await endpoint.listen({
  ...where,
  ...(tls === undefined ? {} : { tls }),
  ...(http2 === undefined ? {} : { http2 }),
});
console.log(`port ${port}`);

let peak = 0;
const sample = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(sample, 20);
/** The least it takes in so many rounds. */
async function settled(rounds) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    globalThis.gc?.();
    least = Math.min(least, process.memoryUsage.rss());
    await sleep(100);
  }
  return least;
}

let asked = 0;
for await (const line of createInterface({ input: process.stdin })) {
  let now;
  if (line === 'rest') {
    globalThis.gc?.();
  } else if (line === 'settle') {
    now = await settled(5);
  }
  peak = line === 'look' ? peak : 0;
  sample();
  asked += 1;
  now ??= process.memoryUsage.rss();
  const { heapUsed, external } = process.memoryUsage();
  const held = heapUsed + external;
  const handles = process.getActiveResourcesInfo().filter((name) => name.endsWith('Wrap')).length;
  console.log(
    `told ${asked} ${JSON.stringify({ now, peak, held, open: endpoint.websockets.size, handles })}`,
  );
}
