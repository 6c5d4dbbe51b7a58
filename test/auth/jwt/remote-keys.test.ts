import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { type JwksOptions, RemoteKeys } from '../../../src/auth/jwt/remote-keys.ts';
import { ManualClock } from '../../../src/testing/index.ts';
import { pairs } from '../tokens.ts';

const url = 'https://accounts.example/jwks';
const jwk = pairs.rsa.publicKey.export({ format: 'jwk' });

/** An issuer whose keys have these names; undefined: it cannot be reached. */
class Issuer {
  kids: readonly string[] | undefined;
  asked = 0;
  readonly clock = new ManualClock();
  readonly keys: RemoteKeys;

  constructor(kids: readonly string[] | undefined, options: Partial<JwksOptions> = {}) {
    this.kids = kids;
    const fetch = async (): Promise<Response> => {
      this.asked += 1;
      await Promise.resolve();
      if (this.kids === undefined) {
        throw new Error('nobody is there');
      }
      return new Response(JSON.stringify({ keys: this.kids.map((kid) => ({ ...jwk, kid })) }));
    };
    this.keys = new RemoteKeys(
      { url, algorithms: ['RS256'], fetch, ...options },
      importJWK,
      this.clock,
    );
  }

  async has(kid: string | undefined): Promise<boolean> {
    return (await this.keys.find(kid)) !== undefined;
  }
}

describe('published keys', () => {
  it('are asked for when the first token comes, and then kept', async () => {
    const issuer = new Issuer(['one', 'two']);
    expect(issuer.asked).toBe(0);
    expect(await issuer.has('one')).toBe(true);
    expect(await issuer.has('two')).toBe(true);
    expect(issuer.asked).toBe(1);
  });

  it('are asked for once by all who come at the same time', async () => {
    const issuer = new Issuer(['one']);
    const found = await Promise.all(['one', 'one', 'two', 'one'].map((kid) => issuer.has(kid)));
    expect(found).toEqual([true, true, false, true]);
    expect(issuer.asked).toBe(1);
  });

  it('a name that is not among them asks again, but not before the cooldown has passed', async () => {
    const issuer = new Issuer(['one']);
    await issuer.has('one');
    issuer.kids = ['one', 'two'];
    issuer.clock.advance(29_999);
    for (let at = 0; at < 100; at += 1) {
      expect(await issuer.has('two')).toBe(false);
      expect(await issuer.has(`stranger ${at}`)).toBe(false);
    }
    expect(issuer.asked).toBe(1);
    issuer.clock.advance(1);
    expect(await issuer.has('two')).toBe(true);
    expect(issuer.asked).toBe(2);
  });

  it('while they are on their way they are not asked for again, however short the cooldown is', async () => {
    const issuer = new Issuer(['one'], { cooldownMs: 1 });
    const found = [issuer.has('one')];
    issuer.clock.advance(2);
    found.push(issuer.has('one'));
    expect(await Promise.all(found)).toEqual([true, true]);
    expect(issuer.asked).toBe(1);
  });

  it('come by the platform’s fetch, where no other is given', async () => {
    const server = createServer((_, response) => {
      response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'one' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const options = { url: address, algorithms: ['RS256' as const] };
    const keys = new RemoteKeys(options, importJWK, new ManualClock());
    expect(await keys.find('one')).toMatchObject({ alg: 'RS256' });
    server.close();
    server.closeAllConnections();
  });

  it('a token without a name asks nobody', async () => {
    const issuer = new Issuer(['one']);
    expect(await issuer.has(undefined)).toBe(false);
    expect(issuer.asked).toBe(0);
  });

  it('from half of their age on they are asked for while those that are kept still count', async () => {
    const issuer = new Issuer(['one', 'two']);
    await issuer.has('one');
    issuer.kids = ['one'];
    issuer.clock.advance(299_999);
    expect(await issuer.has('two')).toBe(true);
    expect(issuer.asked).toBe(1);
    issuer.clock.advance(1);
    expect(await issuer.has('two')).toBe(true);
    expect(issuer.asked).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await issuer.has('two')).toBe(false);
  });

  it('one that was taken back counts no longer than the age', async () => {
    const issuer = new Issuer(['one']);
    await issuer.has('one');
    issuer.kids = [];
    issuer.clock.advance(600_000);
    expect(await issuer.has('one')).toBe(false);
  });

  it('a failure is none of ours while they are young', async () => {
    const issuer = new Issuer(['one']);
    await issuer.has('one');
    issuer.kids = undefined;
    issuer.clock.advance(599_999);
    expect(await issuer.has('one')).toBe(true);
    expect(issuer.asked).toBe(2);
    issuer.clock.advance(1);
    await expect(issuer.has('one')).rejects.toMatchObject({ code: 'KEYS_UNREACHABLE' });
  });

  it('KEYS_UNREACHABLE: nobody knows, so it may be tried again; asked is no more often for that', async () => {
    const issuer = new Issuer(undefined);
    const error = { code: 'KEYS_UNREACHABLE', retryable: true };
    await expect(issuer.has('one')).rejects.toMatchObject(error);
    issuer.kids = ['one'];
    issuer.clock.advance(29_999);
    await expect(issuer.has('one')).rejects.toMatchObject({
      ...error,
      cause: new Error('nobody is there'),
    });
    expect(issuer.asked).toBe(1);
    issuer.clock.advance(1);
    expect(await issuer.has('one')).toBe(true);
    expect(await issuer.has('two')).toBe(false);
  });

  it('a name that is not among those that are kept may be new, when the issuer cannot be asked', async () => {
    const issuer = new Issuer(['one']);
    await issuer.has('one');
    issuer.kids = undefined;
    issuer.clock.advance(30_000);
    await expect(issuer.has('two')).rejects.toMatchObject({ code: 'KEYS_UNREACHABLE' });
    expect(await issuer.has('one')).toBe(true);
  });

  it('so many at most: one more is a failure', async () => {
    const kids = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
    expect(await new Issuer(kids(3), { maxKeys: 3 }).has('2')).toBe(true);
    await expect(new Issuer(kids(4), { maxKeys: 3 }).has('2')).rejects.toMatchObject({
      cause: new RangeError('more than 3 keys'),
    });
  });

  it('leave no timer behind', async () => {
    const issuer = new Issuer(['one']);
    await issuer.has('one');
    expect(issuer.clock.pending).toBe(0);
  });
});

describe('options of published keys', () => {
  const open = (options: Partial<JwksOptions>) => () => new Issuer([], options);

  it.each([url, 'http://localhost:1/a', 'http://127.0.0.1/a', 'http://[::1]:80/a'])(
    '%s may be asked',
    (address) => {
      expect(open({ url: address })).not.toThrow();
    },
  );

  it.each<[string, Partial<JwksOptions>]>([
    ['by http, from elsewhere', { url: 'http://accounts.example/jwks' }],
    ['by http, from what is named like this machine', { url: 'http://localhost.evil.example/' }],
    ['from a file', { url: 'file:///etc/keys' }],
    ['from the address itself', { url: 'data:application/json,{"keys":[]}' }],
    ['from no address', { url: '/jwks' }],
    ['without algorithms', { algorithms: [] }],
    ['with secrets', { algorithms: ['RS256', 'HS256'] }],
    ['with none', { algorithms: ['none' as 'RS256'] }],
    ['without a cooldown', { cooldownMs: 0 }],
    ['without an age', { maxAgeMs: Number.NaN }],
    ['without time', { withinMs: -1 }],
    ['without bytes', { maxBytes: 0 }],
    ['without keys', { maxKeys: 0 }],
  ])('%s: OPTION_INVALID', (_, options) => {
    expect(open(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('undefined stands for the default', () => {
    expect(open({ maxKeys: undefined } as unknown as Partial<JwksOptions>)).not.toThrow();
  });
});
