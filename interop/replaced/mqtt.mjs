/** MQTT.js and aedes: a broker on a stream of each websocket, and clients that connect by ws. */
import { createServer } from 'node:http';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { createWebSocketStream, WebSocketServer } from 'ws';

const broker = await Aedes.createBroker();
const http = createServer();
const server = new WebSocketServer({ server: http });
server.on('connection', (socket, request) => {
  broker.handle(createWebSocketStream(socket), request);
});
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
const url = `ws://127.0.0.1:${http.address().port}`;

const listener = await mqtt.connectAsync(url);
const speaker = await mqtt.connectAsync(url);
await listener.subscribeAsync('news/#', { qos: 1 });
const heard = [];
const all = new Promise((resolve) => {
  listener.on('message', (topic, payload) => {
    heard.push(`${topic} ${payload.length}`);
    if (heard.length === 3) {
      resolve();
    }
  });
});
for (const length of [5, 70_000, 0]) {
  await speaker.publishAsync(`news/${length}`, Buffer.alloc(length), { qos: 1 });
}
await all;
console.log(JSON.stringify(heard));
await Promise.all([listener.endAsync(), speaker.endAsync()]);
await new Promise((resolve) => broker.close(resolve));
server.close();
http.close();
