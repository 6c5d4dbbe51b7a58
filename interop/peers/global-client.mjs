/** Bun and Deno: their own global WebSocket. The URL is the last argument. */
import { echoUntilClosed } from './whatwg.mjs';

const url = (globalThis.Deno?.args ?? globalThis.process.argv).at(-1);
console.log(JSON.stringify(await echoUntilClosed(WebSocket, url)));
