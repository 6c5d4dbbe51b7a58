import { createServer as createHttpServer } from 'node:http';
import * as jose from 'jose';
import { createServer } from 'tautline';
import { firstOf, jwt, tickets } from 'tautline/auth';
import { memory } from 'tautline/brokers/memory';

// Who issues tokens. Yours may be another program; then jwt has its public key, or the address where it publishes them.
const [issuer, audience] = ['https://accounts.example', 'chat'];
const { publicKey, privateKey } = await jose.generateKeyPair('ES256');
function issueToken(user) {
  const token = new jose.SignJWT({ sub: user, iss: issuer, aud: audience }).setExpirationTime('3s');
  return token.setProtectedHeader({ alg: 'ES256', kid: 'now' }).sign(privateKey);
}

const broker = memory();
const keys = [{ kid: 'now', alg: 'ES256', key: publicKey }];
const byToken = jwt({ jose, keys, issuer, audience, skewMs: 0, refused: console.log });
const byTicket = tickets({ claims: broker.claims });
const isLobby = ({ channel }) => channel === 'chat/lobby';
const tautline = createServer({
  broker,
  policy: { connect: firstOf(byTicket.check, byToken), subscribe: isLobby, publish: isLobby },
});

// Your own logins, whatever they are: tokens and tickets are for those who are logged in.
const logins = new Map([['Bearer login-of-Ada', 'Ada']]);
const server = createHttpServer(async ({ url, headers }, response) => {
  const user = logins.get(headers.authorization);
  if (user === undefined) {
    response.writeHead(401).end();
  } else {
    response.setHeader('cache-control', 'no-store');
    response.end(await (url === '/ticket' ? byTicket.issue({ user }) : issueToken(user)));
  }
});
await tautline.attach(server);
server.listen(Number(process.env.PORT ?? 8082), () => {
  console.log(`Accounts on ws://localhost:${server.address().port}/`);
});
