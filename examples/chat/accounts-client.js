import { createClient } from 'tautline/client';

const [url = 'ws://localhost:8082/'] = process.argv.slice(2);
async function get(path) {
  const headers = { authorization: 'Bearer login-of-Ada' };
  const response = await fetch(new URL(path, url.replace('ws:', 'http:')), { headers });
  return response.text();
}

let tokens = 0;
let connections = 0;
const client = createClient(url, {
  // Asked before each connection, and again before the token ends.
  token() {
    tokens += 1;
    return get('/token');
  },
});
client.on('status', ({ status }) => {
  connections += status === 'connected' ? 1 : 0;
});
while (tokens < 3) {
  await client.publish('chat/lobby', 'still here');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(`${tokens} tokens, ${connections} connection`);
client.close();

const ticket = await get('/ticket');
const once = createClient(url, { token: ticket });
const { position } = await once.publish('chat/lobby', 'by ticket');
console.log(`by ticket: ${position === undefined ? 'not ' : ''}published`);
once.close();

createClient(url, { token: ticket }).on('status', ({ status, error }) => {
  console.log(`again: ${status} ${error?.code}`);
});
