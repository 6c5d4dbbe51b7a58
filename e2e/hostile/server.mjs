/**
 * The server under attack: an echo, in a process of its own so that its memory is its own.
 * In: as JSON in the first argument: options of the endpoint, of the mount, and a key and certificate. Out: its port; for each line
 * that it reads, what it takes now and what it took at the most since the line before, in bytes, and how many websockets and sockets it has.
 */
import { createInterface } from 'node:readline';
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
let asked = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'rest') {
    globalThis.gc?.();
    peak = 0;
  }
  sample();
  asked += 1;
  const now = process.memoryUsage.rss();
  const handles = process.getActiveResourcesInfo().filter((name) => name.endsWith('Wrap')).length;
  console.log(
    `told ${asked} ${JSON.stringify({ now, peak, open: endpoint.websockets.size, handles })}`,
  );
}
