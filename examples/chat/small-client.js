import { createClient } from 'tautline/client/core';
import { readHistory } from 'tautline/client/history';
import { publishing } from 'tautline/client/publishing';

const [text = 'hello', url = 'ws://localhost:8082/'] = process.argv.slice(2);
const client = createClient(url, { token: 'Ada' });
const { publish } = publishing(client);
const room = client.subscribe('chat/lobby');
room.on('publication', async ({ by, data }) => {
  const { publications } = await readHistory(client, 'chat/lobby');
  console.log(`${by} said ${String(data)}, and so many have spoken: ${publications.length}`);
  client.close();
});
room.on('status', ({ status }) => {
  if (status === 'live') void publish('chat/lobby', text);
});
