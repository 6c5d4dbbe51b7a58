import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { json, text } from 'node:stream/consumers';

const { PUSHER_URL = 'http://localhost:6001', PUSHER_SECRET = 'chat-secret' } = process.env;
const [key, path] = ['chat-key', '/apps/chat/events'];
const sign = (words) => createHmac('sha256', PUSHER_SECRET).update(words).digest('hex');

async function trigger(event) {
  const body = JSON.stringify(event);
  const query = new URLSearchParams({
    auth_key: key,
    auth_timestamp: String(Math.floor(Date.now() / 1000)),
    auth_version: '1.0',
    body_md5: createHash('md5').update(body).digest('hex'),
  });
  const address = `${PUSHER_URL}${path}?${query}&auth_signature=${sign(`POST\n${path}\n${query}`)}`;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(address, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`not published: ${response.status}`);
}

function authorize(form, user) {
  const channel_data = JSON.stringify({ user_id: user });
  const words = `${form.get('socket_id')}:${form.get('channel_name')}:${channel_data}`;
  return { auth: `${key}:${sign(words)}`, channel_data };
}

const counts = new Map();
async function send({ room, text, socket_id }, by) {
  const id = (counts.get(room) ?? 0) + 1;
  counts.set(room, id);
  const data = JSON.stringify({ text, by });
  await trigger({ name: 'message', channel: `presence-${room}`, data, socket_id });
  return { id };
}

const server = createServer(async (request, response) => {
  // In the place of this: your sessions, or a token that you verify.
  const user = request.headers.authorization?.replace('Bearer ', '');
  if (user === undefined) return response.writeHead(401).end();
  const answer =
    request.url === '/send'
      ? await send(await json(request), user)
      : authorize(new URLSearchParams(await text(request)), user);
  response.end(JSON.stringify(answer));
});
server.listen(Number(process.env.PORT ?? 8086), () => {
  console.log(`Chat on http://localhost:${server.address().port}/`);
});
