import { createClient } from 'tautline/client';

const [text = 'hello', url = 'ws://localhost:8082/'] = process.argv.slice(2);
const client = createClient(url, { token: 'Ada' });
const { position } = await client.publish('chat/lobby', text);
console.log(position);
client.close();
