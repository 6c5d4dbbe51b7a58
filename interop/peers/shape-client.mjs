/** Our own WebSocket of browsers, on the runtime's node:net: it sends back what it gets. The file to load and the URL are the last arguments. */
import { echoUntilClosed } from './whatwg.mjs';

const [door, url] = (globalThis.Deno?.args ?? globalThis.process.argv).slice(-2);
const { WebSocket } = await import(door);
console.log(JSON.stringify(await echoUntilClosed(WebSocket, url)));
