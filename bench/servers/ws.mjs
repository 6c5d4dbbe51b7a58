/** The server under test: ws, as its documentation shows it, with bufferutil. Echo on `/`, fan-out from `/pub` to `/sub`. */
import { WebSocketServer } from 'ws';
import { serveMeasurements } from './measurements.mjs';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
const subscribers = new Set();

server.on('connection', (websocket, request) => {
  if (request.url === '/sub') {
    subscribers.add(websocket);
    websocket.on('close', () => subscribers.delete(websocket));
  } else if (request.url === '/pub') {
    websocket.on('message', (data, isBinary) => {
      for (const subscriber of subscribers) {
        subscriber.send(data, { binary: isBinary });
      }
    });
  } else {
    websocket.on('message', (data, isBinary) => {
      websocket.send(data, { binary: isBinary });
    });
  }
});

server.on('listening', () => serveMeasurements(server.address().port));
