/**
 * The SDK: it publishes when it is live, and prints what it was told up to its own word.
 * In: the file to load, and a URL. Runs in Bun and Deno.
 */
const [door, url] = (globalThis.Deno?.args ?? globalThis.process.argv).slice(-2);
const { createClient } = await import(door);
const client = createClient(url, { token: 'Ada' });
const room = client.subscribe('room');
const told = [];
room.on('publication', async ({ by, data }) => {
  told.push([by, data]);
  if (data === 'mine') {
    await published;
    console.log(JSON.stringify(told));
    client.close();
  }
});
let published;
room.on('status', ({ status }) => {
  if (status === 'live') {
    published = room.publish('mine');
  }
});
