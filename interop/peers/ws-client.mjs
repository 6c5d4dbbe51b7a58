/** The client of ws. The URL is the last argument. */
import { WebSocket } from 'ws';
import { echoUntilClosed } from './whatwg.mjs';

console.log(JSON.stringify(await echoUntilClosed(WebSocket, process.argv.at(-1))));
