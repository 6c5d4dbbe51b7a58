import { createClient } from 'tautline/client';
import { indexedDb, keepIn } from 'tautline/client/storage';

const { server, user } = document.body.dataset;
const client = createClient(server, { token: user, keep: keepIn(indexedDb()) });

// What an earlier page left is told like anything else, and is sent first.
client.outbox.on('status', ({ data, status }) => console.log(`${String(data)}: ${status}`));
client.on('storageFailed', ({ message }) => console.warn(message));

document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  client.publish('chat/lobby', new FormData(event.target).get('text')).catch(console.warn);
});
