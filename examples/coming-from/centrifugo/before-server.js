import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { SignJWT } from 'jose';

const { CENTRIFUGO_URL = 'http://localhost:8000', CENTRIFUGO_KEY = 'chat-key' } = process.env;
const { CENTRIFUGO_SECRET = 'thirty-two bytes that only we know' } = process.env;
const secret = new TextEncoder().encode(CENTRIFUGO_SECRET);

function issueToken(user) {
  const token = new SignJWT({ sub: user, iss: 'accounts.example', aud: 'chat' });
  return token.setProtectedHeader({ alg: 'HS256' }).setExpirationTime('10m').sign(secret);
}

async function publish(channel, data) {
  const headers = { 'content-type': 'application/json', 'x-api-key': CENTRIFUGO_KEY };
  const body = JSON.stringify({ channel, data });
  const response = await fetch(`${CENTRIFUGO_URL}/api/publish`, { method: 'POST', headers, body });
  const { error } = await response.json();
  if (error !== undefined) throw new Error(error.message);
}

const counts = new Map();
async function send({ room, text }, by) {
  const id = (counts.get(room) ?? 0) + 1;
  counts.set(room, id);
  await publish(`room:${room}`, { text, by });
  return { id };
}

const server = createServer(async (request, response) => {
  if (request.url === '/rpc') {
    // Centrifugo asks, for a client that it knows; nobody else must be able to.
    const { user, data } = await json(request);
    return response.end(JSON.stringify({ result: { data: await send(data, user) } }));
  }
  // In the place of this: your own logins.
  const user = request.headers.authorization?.replace('Bearer ', '');
  if (user === undefined) return response.writeHead(401).end();
  response.end(await issueToken(user));
});
server.listen(Number(process.env.PORT ?? 8087), () => {
  console.log(`Chat on http://localhost:${server.address().port}/`);
});
