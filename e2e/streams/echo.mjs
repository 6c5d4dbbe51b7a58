/**
 * A server that sends each message back while it comes, with no more of it in memory than a few pieces.
 * Out: its port, then its peak of memory in KiB for each line that it reads.
 */
import { createInterface } from 'node:readline';
import { createEndpoint } from 'tautline/endpoint';

const endpoint = createEndpoint();
endpoint.mount('/', {}, async (websocket) => {
  for await (const message of websocket.streams()) {
    await websocket.sendStream(message, { text: message.text });
  }
});
const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${port}`);
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(`peak ${process.resourceUsage().maxRSS}`);
}
