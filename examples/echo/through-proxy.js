import { dial } from 'tautline/endpoint';

const websocket = await dial(process.argv[2], { proxy: 'environment' });
websocket.send('hello through the proxy');
for await (const message of websocket) {
  console.log(message);
  await websocket.close();
}
