import { createReadStream } from 'node:fs';
import { dial } from 'tautline/endpoint';

const [, , file, url = 'ws://localhost:8080/'] = process.argv;
const websocket = await dial(url);

websocket.on('message', (digest) => {
  console.log(digest);
  void websocket.close();
});

await websocket.sendStream(createReadStream(file));
