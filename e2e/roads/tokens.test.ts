/**
 * Threat A12 (docs/3-reference/threats.md): after a run with tokens of every kind, by every road, wherever they may be brought, none of them stands in a log of the
 * proxy, in what the server's process prints and is told, in an address, or in what whoever is refused is told. What may stand in an address, a
 * ticket, is used up when somebody reads it there.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as jose from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nginx, type ReverseProxy, start } from '../../interop/reverse-proxies.ts';
import { createClient } from '../../src/client/create-client.ts';
import type { Client, ClientOptions, ClientTransport } from '../../src/client/index.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import { dial } from '../../src/endpoint/index.ts';
import { type Program, startProgram } from '../program.ts';

type Fields = Readonly<Record<string, string>>;

const secret = randomBytes(32);
const soon = { timeout: 60_000 };

/** A proxy of Debian that writes down all it can, where its configuration is; and where that is. */
function logging(): { readonly proxy: ReverseProxy; read(log: 'access' | 'errors'): string } {
  let at = '';
  const config: ReverseProxy['config'] = (ports, folder) => {
    at = folder;
    return nginx
      .config(ports, folder)
      .replace('access_log off;', `access_log ${folder}/access;`)
      .replace(/error_log [^;]*;/, `error_log ${folder}/errors info;`);
  };
  const read = (log: string): string => readFileSync(join(at, log), 'utf8');
  return { proxy: { ...nginx, config }, read };
}

/** What stands for somebody, and must be nowhere. */
class Secrets {
  readonly tokens: string[] = [];

  async token(user: string, { endsInS = 600, key = secret } = {}): Promise<string> {
    const claims = { sub: user, iss: 'https://accounts.example', aud: 'chat' };
    const token = await new jose.SignJWT({ ...claims, jti: randomBytes(8).toString('hex') })
      .setProtectedHeader({ alg: 'HS256', kid: 'now' })
      .setExpirationTime(Math.floor(Date.now() / 1000) + endsInS)
      .sign(key);
    return this.keep(token);
  }

  keep(token: string): string {
    this.tokens.push(token);
    return token;
  }

  /** Those of which any part that is nobody else's stands in the text: of a signed token what is signed, or what signs it. */
  in(text: string): string[] {
    return this.tokens.filter((token) => partsOf(token).some((part) => text.includes(part)));
  }
}

function partsOf(token: string): string[] {
  const [, claims, signature] = token.split('.');
  return signature === undefined ? [token] : [claims!, signature];
}

/** What a client is told, by whoever is asked for something, and the addresses it asks for. */
class Told {
  readonly all: unknown[] = [];

  /** A way to the server that brings fields with each request, and offers one subprotocol more. */
  transports(fields: Fields = {}, subprotocol?: string): ClientTransport[] {
    const asking: typeof fetch = async (url, options) => {
      const headers = { ...(options?.headers as Fields), ...fields };
      const response = await fetch(url, { ...options, headers });
      this.all.push(url, response.status, [...response.headers]);
      return response;
    };
    const offered = subprotocol === undefined ? [] : [subprotocol];
    return [dialling(fields), sse({ fetch: asking }), longPoll({ fetch: asking })].map((one) => ({
      ...one,
      open: (url, subprotocols, listener) =>
        one.open(url, [...offered, ...subprotocols], {
          ...listener,
          received: (frame) => {
            this.all.push(frame);
            listener.received(frame);
          },
          closed: (why) => {
            this.all.push(why);
            listener.closed(why);
          },
        }),
    }));
  }
}

/** As that of the SDK for Node, with fields. */
function dialling(headers: Fields): ClientTransport {
  return {
    name: 'websocket',
    open(url, subprotocols, listener) {
      const opening = dial(url, { subprotocols, headers });
      opening.then(
        (websocket) => {
          websocket.on('message', (message) => listener.received(message));
          websocket.on('closed', ({ code, reason }) => listener.closed({ code, reason }));
          listener.opened();
        },
        (error: unknown) => listener.closed({ code: 1006, reason: inspect(error) }),
      );
      const then = (act: (opened: Awaited<typeof opening>) => unknown): void =>
        void opening.then(act).catch(() => undefined);
      return {
        send: (frame) => then((websocket) => websocket.send(frame)),
        close: (code, reason) => then((websocket) => websocket.close(code, reason)),
      };
    },
  };
}

describe('A12: after a run with tokens, over nginx', () => {
  const secrets = new Secrets();
  const inAddresses: string[] = [];
  const told = new Told();
  const logs = logging();
  let program: Program;
  let url: string;

  /** A client, and what became of it: `connected`, or the code by which it was sent away. */
  function come(transport: ClientTransport, options: Partial<ClientOptions> & { at?: string }) {
    const { at = url, ...rest } = options;
    const client = createClient(at, { transport, backoff: { firstMs: 50 }, ...rest });
    onTestFinished(() => client.close());
    const states: string[] = [];
    client.on('status', (change) => {
      told.all.push(change);
      states.push(change.error?.code ?? change.status);
    });
    return { client, states };
  }

  /** All that a client can ask for, allowed or not. */
  async function use(client: Client): Promise<void> {
    const caught = (error: unknown): unknown => told.all.push(error);
    const lobby = client.subscribe('chat/lobby');
    await expect.poll(() => lobby.position, soon).toBeDefined();
    for (const channel of ['chat/secret', 'chat/broken', 'nothing']) {
      client.subscribe(channel).on('status', (change) => told.all.push(change));
    }
    await Promise.all([
      client.publish('chat/lobby', { text: 'x' }, { event: 'said' }),
      client.publish('chat/lobby', { text: 1 }, { event: 'said' }).catch(caught),
      client.publish('chat/lobby', 1, { event: 'none' }).catch(caught),
      client.call('fail', 2, { channel: 'chat/lobby' }).catch(caught),
      client.history('chat/secret').catch(caught),
      lobby.enter(3).catch(caught),
      lobby.enter('nobody').catch(caught),
    ]);
  }

  async function ticketFor(user: string): Promise<string> {
    const headers = { Authorization: `Bearer ${await secrets.token(user)}` };
    const response = await fetch(new URL('/tickets', url.replace('ws', 'http')), { headers });
    return response.text();
  }

  beforeAll(async () => {
    const options = JSON.stringify({ secret: secret.toString('base64') });
    program = startProgram(['node', 'e2e/roads/token-server.mjs', options]);
    const [, port] = await program.saw(/^port (\d+)/m);
    url = `ws://127.0.0.1:${port}/live`;
    return async () => {
      await program.end('SIGKILL');
    };
  });

  it('none is in a log, an address, or in what anybody is told; of tickets in addresses none is good', async () => {
    const port = Number(new URL(url).port);
    url = `ws://127.0.0.1:${await start(logs.proxy, port)}/live`;
    /** Each of the three ways, with a credential in its place. */
    const each = async (
      places: (make: () => Promise<string>) => Promise<{
        readonly fields?: Fields;
        readonly subprotocol?: string;
        readonly options?: Partial<ClientOptions> & { at?: string };
      }>,
      make: () => Promise<string>,
      ends: string,
    ): Promise<void> => {
      for (const index of [0, 1, 2]) {
        const { fields, subprotocol, options = {} } = await places(make);
        const { client, states } = come(told.transports(fields, subprotocol)[index]!, options);
        await expect.poll(() => states, soon).toContain(ends);
        if (ends === 'connected') {
          await use(client);
        }
        client.close();
      }
    };
    type Place = Parameters<typeof each>[0];
    const inMessage: Place = async (make) => ({ options: { token: await make() } });
    const inField: Place = async (make) => ({
      fields: { Authorization: `Bearer ${await make()}` },
    });
    const inCookie: Place = async (make) => ({ fields: { Cookie: `a=b; token=${await make()}` } });
    const inAddress: Place = async (make) => ({ options: { at: `${url}?ticket=${await make()}` } });
    const beside: Place = async (make) => ({
      subprotocol: `token.${await make()}`,
      options: { token: await secrets.token('ann') },
    });

    const good = (): Promise<string> => secrets.token('ann');
    const expired = (): Promise<string> => secrets.token('ann', { endsInS: -60 });
    const forged = (): Promise<string> => secrets.token('ann', { key: randomBytes(32) });
    const nonsense = async (): Promise<string> => secrets.keep(randomBytes(24).toString('hex'));
    for (const place of [inMessage, inField, inCookie]) {
      await each(place, good, 'connected');
      await each(place, expired, 'TOKEN_EXPIRED');
      await each(place, forged, 'UNAUTHORISED');
      await each(place, nonsense, 'UNAUTHORISED');
    }
    // Where none belongs, offered by somebody all the same.
    await each(beside, good, 'connected');

    // Renewed on a live connection.
    for (const transport of told.transports()) {
      const before = secrets.tokens.length;
      const { client } = come(transport, { token: () => secrets.token('ann', { endsInS: 2 }) });
      await expect.poll(() => secrets.tokens.length - before, soon).toBeGreaterThan(2);
      client.close();
    }

    // Logged out while they are connected, and coming again.
    const ofRex = await secrets.token('rex');
    const gone = told.transports().map((transport) => come(transport, { token: ofRex }));
    await expect
      .poll(() => gone.every(({ states }) => states.includes('connected')), soon)
      .toBe(true);
    program.type('revoke rex');
    await expect
      .poll(() => gone.every(({ states }) => states.includes('REVOKED')), soon)
      .toBe(true);
    await each(inMessage, async () => ofRex, 'UNAUTHORISED');

    // Tickets, in the first message and in addresses.
    let usedUp = '';
    const kept = async (): Promise<string> => {
      usedUp = secrets.keep(await ticketFor('ann'));
      return usedUp;
    };
    const shown = async (): Promise<string> => {
      inAddresses.push(await ticketFor('ann'));
      return inAddresses.at(-1)!;
    };
    await each(inMessage, kept, 'connected');
    await each(inAddress, shown, 'connected');
    await each(inMessage, async () => usedUp, 'UNAUTHORISED');

    // Who reads the log of the proxy finds tickets, and tries each by each way.
    const read = [...logs.read('access').matchAll(/ticket=(tk_[\w-]+)/g)].map(([, one]) => one!);
    expect(new Set(read)).toEqual(new Set(inAddresses));
    for (const ticket of inAddresses) {
      await each(inAddress, async () => ticket, 'UNAUTHORISED');
      await each(inMessage, async () => ticket, 'UNAUTHORISED');
    }

    // Something for the proxy's log of errors: the server is gone, and clients come back.
    const last = told.transports().map((transport, index) =>
      come(transport, {
        token: () => secrets.token('ann'),
        ...(index === 0 ? { at: `${url}?room=lobby` } : {}),
      }),
    );
    await expect
      .poll(() => last.every(({ states }) => states.includes('connected')), soon)
      .toBe(true);
    program.type('look');
    await program.saw(/done look/);
    await program.end('SIGKILL');
    for (const line of [/refused.*"GET \/live\?room=lobby /, /refused.*"GET \/live HTTP/]) {
      await expect.poll(() => line.test(logs.read('errors')), soon).toBe(true);
    }
    for (const { client } of last) {
      client.close();
    }

    const places = {
      'access log': logs.read('access'),
      'error log': logs.read('errors'),
      'what the process printed': program.printed(),
      'what clients were told': inspect(told.all, {
        depth: 20,
        showHidden: true,
        maxArrayLength: null,
        maxStringLength: null,
      }),
    };
    expect(places['access log'].includes('"GET /live?ticket=tk_')).toBe(true);
    // All of that was said, or it would be no wonder.
    for (const word of ['observer', 'came', 'asked', 'jwt by', 'websocket:close', 'inside']) {
      expect(places['what the process printed'].includes(word), word).toBe(true);
    }
    for (const word of [
      'logged out',
      'TOKEN_EXPIRED',
      'UNAUTHORISED',
      'CALL_FAILED',
      'FORBIDDEN',
    ]) {
      expect(places['what clients were told'].includes(word), word).toBe(true);
    }
    expect(secrets.tokens.length).toBeGreaterThan(50);
    const hits = Object.entries(places).map(([place, text]) => [place, secrets.in(text)]);
    expect(hits).toEqual(Object.keys(places).map((place) => [place, []]));
  }, 480_000);

  it('what looks for them finds one', async () => {
    const one = await new Secrets().token('ann');
    const secret = new Secrets();
    secret.keep(one);
    for (const part of one.split('.').slice(1)) {
      expect(secret.in(`GET /?access=${part} 200`)).toEqual([one]);
    }
    expect(secret.in(one.split('.')[0]!)).toEqual([]);
  });
});
