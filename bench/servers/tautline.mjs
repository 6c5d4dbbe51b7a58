/** Our endpoint by its public door. Echo on `/`, fan-out from `/pub` to `/sub`, everybody to everybody on `/chat`. */
import { createEndpoint, prepare } from 'tautline/endpoint';
import { deflate, io, tell, tellAbsent, tls } from './told.mjs';

if (io !== undefined && !knowsIo()) {
  tellAbsent('this version has no `io`');
}
const endpoint = createEndpoint(io === undefined ? {} : { io });
// The bench's texts are shorter than what is compressed unasked, here as in ws.
const options = { origins: 'any', ...(deflate ? { compression: { thresholdBytes: 0 } } : {}) };

endpoint.mount('/', options, (websocket) => {
  websocket.on('message', (message) => {
    websocket.send(message);
  });
});

const subscribers = new Set();
endpoint.mount('/sub', options, (websocket) => {
  subscribers.add(websocket);
  websocket.on('closed', () => subscribers.delete(websocket));
});
endpoint.mount('/pub', options, (websocket) => {
  websocket.on('message', (message) => sendAll(subscribers, message));
});

const members = new Set();
endpoint.mount('/chat', options, (websocket) => {
  members.add(websocket);
  websocket.on('closed', () => members.delete(websocket));
  websocket.on('message', (message) => sendAll(members, message));
});

const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls });
tell(port);

function sendAll(websockets, message) {
  const prepared = prepare(message);
  for (const websocket of websockets) {
    websocket.send(prepared);
  }
}

/** A version that does not know an option passes over it: one that does refuses what is no value of it. */
function knowsIo() {
  try {
    createEndpoint({ io: 'neither' });
    return false;
  } catch {
    return true;
  }
}
