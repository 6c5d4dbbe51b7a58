import { createClient } from 'tautline/client';

const [url = 'ws://localhost:8082/', name = 'Ada'] = process.argv.slice(2);
const client = createClient(url, { token: name });
const names = new Map();
client.roster('chat/lobby').on('state', ({ key, value }) => {
  if (value === undefined) {
    console.log(`${names.get(key)} has left`);
  } else {
    names.set(key, value.data.user);
    console.log(`${value.data.user} is ${value.data.data}`);
  }
});
await client.subscribe('chat/lobby').enter('here');
