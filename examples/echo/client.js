import { dial } from 'tautline/endpoint';

const websocket = await dial(process.argv[2] ?? 'ws://localhost:8081/');
websocket.send('hello');
for await (const message of websocket) {
  console.log(message);
  await websocket.close();
}
