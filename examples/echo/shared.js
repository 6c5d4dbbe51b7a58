import { readFileSync } from 'node:fs';
import { dial } from 'tautline/endpoint';

const [url, ca] = process.argv.slice(2);
const options = { http2: true, tls: { ca: readFileSync(ca) } };
const websockets = await Promise.all([dial(url, options), dial(url, options)]);
for (const websocket of websockets) {
  websocket.on('message', (message) => {
    console.log(message);
    void websocket.close();
  });
  websocket.send('hello on a stream');
}
