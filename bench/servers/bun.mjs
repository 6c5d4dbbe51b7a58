/** Bun's own server, with its own topics. The same paths as ours. */
import { deflate, tell, tls } from './told.mjs';

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  tls,
  fetch(request, self) {
    const { pathname } = new URL(request.url);
    return self.upgrade(request, { data: pathname })
      ? undefined
      : new Response('', { status: 400 });
  },
  websocket: {
    perMessageDeflate: deflate,
    maxPayloadLength: 16 * 1024 * 1024,
    open(websocket) {
      if (websocket.data !== '/') {
        websocket.subscribe(websocket.data);
      }
    },
    message(websocket, message) {
      if (websocket.data === '/') {
        websocket.send(message, deflate);
      } else {
        server.publish(websocket.data === '/pub' ? '/sub' : websocket.data, message);
      }
    },
  },
});

globalThis.gc = () => Bun.gc(true);
tell(server.port);
