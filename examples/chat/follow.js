import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createClient } from 'tautline/client';

const [file = 'position.txt', url = 'ws://localhost:8082/'] = process.argv.slice(2);
const kept = existsSync(file) ? { since: readFileSync(file, 'utf8') } : {};
const client = createClient(url, { token: 'Reader' });
const room = client.subscribe('chat/lobby', kept);
const keep = () => writeFileSync(file, room.position);

room.on('publication', ({ by, data }) => {
  console.log(by, data);
  keep();
});
room.on('gap', ({ reason }) => {
  console.log(`Messages are missing here: ${reason}`);
  keep();
});
room.on('status', ({ status }) => {
  if (status === 'live') {
    console.log('Up to date.');
    keep();
  }
});
