import { createClient } from 'tautline/client';

const client = createClient(process.argv[2] ?? 'ws://localhost:8082/', { token: 'Ada' });
const order = { item: 'rope', count: 2 };
console.log(await client.call('order', order, { onProgress: (step) => console.log(step) }));
try {
  await client.call('order', order);
} catch ({ code, message, details }) {
  console.log(`${code}: ${message}, ${details.left} left`);
}
client.close();
