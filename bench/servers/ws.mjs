/** ws, as its documentation shows it, with bufferutil. The same paths as ours. */
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { deflate, tell, tls } from './told.mjs';

// The bench's texts are shorter than what ws compresses unasked.
const perMessageDeflate = deflate ? { threshold: 0 } : false;
const secure = tls === undefined ? undefined : createServer(tls);
const server = new WebSocketServer({
  ...(secure === undefined ? { port: 0, host: '127.0.0.1' } : { server: secure }),
  perMessageDeflate,
});
const audiences = { '/sub': new Set(), '/chat': new Set() };

server.on('connection', (websocket, request) => {
  const audience = audiences[request.url];
  audience?.add(websocket);
  websocket.on('close', () => audience?.delete(websocket));
  const heard = request.url === '/pub' ? audiences['/sub'] : audience;
  if (request.url === '/') {
    websocket.on('message', (data, isBinary) => websocket.send(data, { binary: isBinary }));
  } else if (request.url !== '/sub') {
    websocket.on('message', (data, isBinary) => {
      for (const other of heard) {
        other.send(data, { binary: isBinary });
      }
    });
  }
});

const listening = secure ?? server;
listening.on('listening', () => tell(listening.address().port));
secure?.listen(0, '127.0.0.1');
