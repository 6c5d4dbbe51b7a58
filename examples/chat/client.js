import { createInterface } from 'node:readline';
import { createClient } from 'tautline/client';

const [url = 'ws://localhost:8082/', name = 'Ada'] = process.argv.slice(2);
const client = createClient(url, { token: name });
const room = client.subscribe('chat/lobby');
room.on('status', ({ status }) => console.log(status));
room.on('publication', ({ by, data }) => console.log(by, data));
room.on('gap', ({ reason }) => console.log(`Messages are missing here: ${reason}`));
for await (const line of createInterface(process.stdin)) await room.publish(line);
