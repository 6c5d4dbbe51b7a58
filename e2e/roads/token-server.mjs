/**
 * A whole server with logins of every kind, in a process of its own so that what it prints is its own. It prints all that it can be told.
 * In: as JSON in the first argument: the secret of its tokens in base64; requests for tickets at `/tickets`, with a token; lines: `revoke USER`. Out: its port;
 * what its observer, its middleware and Node's channels are told; `done` for each line.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createServer as createHttpServer } from 'node:http';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import * as jose from 'jose';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { bearer, cookie, firstOf, jwt, tickets } from 'tautline/auth';
import { memory } from 'tautline/brokers/memory';
import { contract } from 'tautline/contract';
import { z } from 'zod';

const { secret } = JSON.parse(process.argv[2]);
const everything = { depth: 20, showHidden: true, getters: true };
const tell = (who, ...told) => console.log(who, ...told.map((one) => inspect(one, everything)));

const key = { kid: 'now', alg: 'HS256', key: Buffer.from(secret, 'base64') };
const common = {
  jose,
  keys: [key],
  issuer: 'https://accounts.example',
  audience: 'chat',
  skewMs: 0,
};
const revoked = new Set();
const user = ({ sub }) => (sub === undefined || revoked.has(sub) ? undefined : { id: sub });
const by = (place, token) =>
  jwt({ ...common, token, user, refused: (...why) => tell(`jwt by ${place}`, ...why) });

const broker = memory();
const byTicket = tickets({ claims: broker.claims });
const chat = contract({
  user: z.object({ id: z.string() }),
  channels: {
    'chat/:room': {
      events: { said: z.object({ text: z.string() }) },
      presence: z.number(),
      calls: { fail: { in: z.number(), out: z.number() } },
    },
  },
});
const app = implement(chat, {
  authenticate: firstOf(
    byTicket.check,
    by('message', (visitor) => visitor.token),
    by('field', bearer),
    by('cookie', cookie('token')),
  ),
  channels: {
    'chat/:room': {
      authorize({ params }) {
        if (params.room === 'broken') {
          throw new Error('the database is away');
        }
        return params.room === 'lobby';
      },
      calls: {
        fail() {
          throw new Error('inside');
        },
      },
    },
  },
  use: [
    {
      connected: ({ visitor: { pipe, address }, ...rest }) => tell('came', pipe, address, rest),
      after: (request) => tell('asked', request),
    },
  ],
});
const observer = new Proxy(
  {},
  {
    get:
      (_, name) =>
      (...told) =>
        tell('observer', name, ...told),
  },
);
for (const name of ['websocket:open', 'websocket:close', 'handshake:refused']) {
  subscribe(`tautline:${name}`, (told) => tell(name, told));
}
const server = createServer({ app, broker, path: '/live', observer });

const identify = by('request', ({ token }) => token);
const http = createHttpServer(async ({ url, headers }, response) => {
  const visitor = { token: headers.authorization?.slice('Bearer '.length), pipe: 'request' };
  const admitted = url === '/tickets' ? await identify(visitor) : undefined;
  const isKnown = admitted !== undefined && !('refused' in admitted);
  response.writeHead(isKnown ? 200 : 404, { 'Cache-Control': 'no-store' });
  response.end(isKnown ? await byTicket.issue(admitted) : 'nothing');
});
await server.attach(http);
http.listen(0, '127.0.0.1', () => console.log(`port ${http.address().port}`));

for await (const line of createInterface({ input: process.stdin })) {
  const [what, name] = line.split(' ');
  if (what === 'revoke') {
    revoked.add(name);
    await server.revoke({ user: name }, { reason: 'logged out' });
  }
  console.log(`done ${line}; ${inspect(server.view(), everything)}`);
}
