/** undici's WebSocket. The URL is the last argument. */
import { WebSocket } from 'undici';
import { echoUntilClosed } from './whatwg.mjs';

console.log(JSON.stringify(await echoUntilClosed(WebSocket, process.argv.at(-1))));
