import { createServer as createHttpServer } from 'node:http';
import * as jose from 'jose';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { jwt } from 'tautline/auth';
import { contract } from 'tautline/contract';
import { z } from 'zod';

const { CENTRIFUGO_SECRET = 'thirty-two bytes that only we know' } = process.env;
const secret = new TextEncoder().encode(CENTRIFUGO_SECRET);
const [issuer, audience] = ['accounts.example', 'chat'];

function issueToken(user) {
  const token = new jose.SignJWT({ sub: user, iss: issuer, aud: audience });
  return token.setProtectedHeader({ alg: 'HS256' }).setExpirationTime('10m').sign(secret);
}

export const app = contract({
  user: z.object({ id: z.string() }),
  channels: {
    'room/:name': {
      events: { message: z.object({ text: z.string() }) },
      presence: z.object({}),
      calls: { send: { in: z.object({ text: z.string() }), out: z.object({ id: z.number() }) } },
    },
  },
});

const chat = implement(app, {
  // The tokens stay as they are.
  authenticate: jwt({
    jose,
    keys: [{ alg: 'HS256', key: secret }],
    issuer,
    audience,
    user: ({ sub }) => ({ id: sub }),
  }),
  channels: {
    'room/:name': {
      authorize: ({ action }) => action !== 'publish',
      calls: {
        async send({ text }, { publish }) {
          const { offset } = await publish('message', { text });
          return { id: offset };
        },
      },
    },
  },
});

const server = createHttpServer(async (request, response) => {
  // In the place of this: your own logins.
  const user = request.headers.authorization?.replace('Bearer ', '');
  if (user === undefined) return response.writeHead(401).end();
  response.end(await issueToken(user));
});
await createServer({ app: chat, path: '/realtime' }).attach(server);
server.listen(Number(process.env.PORT ?? 8087), () => {
  console.log(`Chat on http://localhost:${server.address().port}/`);
});
