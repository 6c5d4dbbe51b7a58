/** undici's WebSocket on a stream of HTTP/2, with any certificate. The URL is the last argument. */
import { Agent, WebSocket } from 'undici';
import { echoUntilClosed } from './whatwg.mjs';

const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });

class Http2WebSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, { protocols, dispatcher });
  }
}

console.log(JSON.stringify(await echoUntilClosed(Http2WebSocket, process.argv.at(-1))));
process.exit();
