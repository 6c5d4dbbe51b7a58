/**
 * The helpers as the `connect` of a policy, behind a hub.
 */
import * as jose from 'jose';
import { describe, expect, it } from 'vitest';
import { firstOf, type JwksOptions, type JwtFault, jwt, tickets } from '../../src/auth/index.ts';
import { memory } from '../../src/brokers/memory.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { makeWorld, settled, type World } from '../hub/world.ts';
import {
  audience,
  goodClaims,
  issuer,
  nowSeconds,
  pairs,
  rsaHeader,
  token,
  wallMs,
} from './tokens.ts';

interface Accounts extends World {
  readonly issue: (user: string) => Promise<string>;
  readonly faults: readonly JwtFault[];
}

async function open(jwks?: JwksOptions): Promise<Accounts> {
  const clock = new ManualClock({ wallMs });
  const broker = memory({ nowMs: () => clock.nowMs() });
  const keys = [{ kid: 'rsa', alg: 'RS256' as const, key: pairs.rsa.publicKey }];
  const faults: JwtFault[] = [];
  const byTicket = tickets({ claims: broker.claims, clock });
  const byToken = jwt({
    jose,
    ...(jwks === undefined ? { keys } : { jwks }),
    issuer,
    audience,
    clock,
    skewMs: 0,
    refused: (why) => faults.push(why),
  });
  const world = makeWorld({
    clock,
    broker,
    policy: { connect: firstOf(byTicket.check, byToken), subscribe: () => true },
  });
  await world.hub.start();
  return { ...world, faults, issue: (user) => byTicket.issue({ user }) };
}

/** Longer than a turn: cryptography is done elsewhere. */
async function later(isThere: () => unknown): Promise<void> {
  for (let turn = 0; turn < 10_000 && isThere() === undefined; turn += 1) {
    await settled();
  }
}

async function enter({ connect }: World, text: string) {
  const client = connect();
  client.hello(text);
  await later(() => client.all('welcome')[0] ?? client.why);
  return client;
}

const ends = (inSeconds: number, sub = 'ann'): string =>
  token(rsaHeader, { ...goodClaims, sub, exp: nowSeconds + inSeconds });

describe('behind a hub', () => {
  it('D12: a session ends with its token, with a code that says so', async () => {
    const world = await open();
    const client = await enter(world, ends(60));
    expect(client.all('welcome')[0]).toMatchObject({ user: 'ann', expiresInMs: 60_000 });
    world.clock.advance(59_999);
    expect(client.why).toBeUndefined();
    world.clock.advance(1);
    expect(client.why).toMatchObject({ name: 'TOKEN_EXPIRED', code: 4006 });
  });

  it('D12: another token of the same user lets it stay, one of another does not', async () => {
    const world = await open();
    const client = await enter(world, ends(60));
    client.say({ type: 'renew', id: 1, token: ends(120, 'bob') });
    await later(() => client.all('error')[0]);
    expect(client.all('error')).toMatchObject([{ id: 1, code: 'TOKEN_REFUSED' }]);
    client.say({ type: 'renew', id: 2, token: ends(120) });
    await later(() => client.all('renewed')[0]);
    world.clock.advance(119_999);
    expect(client.why).toBeUndefined();
    world.clock.advance(1);
    expect(client.why).toMatchObject({ name: 'TOKEN_EXPIRED' });
  });

  it('D13: a bad token is UNAUTHORISED, and nothing else is told of it', async () => {
    const world = await open();
    const client = await enter(
      world,
      token(rsaHeader, goodClaims, () => Buffer.alloc(256, 1)),
    );
    expect(client.why).toMatchObject({ name: 'UNAUTHORISED', code: 4503 });
    expect(client.got).toEqual([]);
    expect(world.faults).toEqual(['TOKEN_SIGNATURE_WRONG']);
  });

  it('D7: a ticket lets one in, and no second', async () => {
    const world = await open();
    const ticket = await world.issue('bob');
    const [one, other] = await Promise.all([enter(world, ticket), enter(world, ticket)]);
    const users = [one, other].flatMap((client) => client.all('welcome').map(({ user }) => user));
    expect(users).toEqual(['bob']);
    expect([one.why, other.why].filter((why) => why?.name === 'UNAUTHORISED')).toHaveLength(1);
  });

  it('who comes while the keys cannot be had comes back later, who comes with an old token comes back with another', async () => {
    const fetch = async (): Promise<Response> => new Response(null, { status: 503 });
    const world = await open({ url: 'https://a.example', algorithms: ['RS256'], fetch });
    const client = await enter(world, token());
    expect(client.why).toMatchObject({ name: 'BUSY', code: 4004 });
    const late = await enter(await open(), ends(0));
    expect(late.why).toMatchObject({ name: 'TOKEN_EXPIRED', code: 4006 });
    expect(world.faults).toEqual(['KEYS_UNREACHABLE']);
  });

  it('A12, D20: no token and no ticket is in what the observer is told', async () => {
    const world = await open();
    const ticket = await world.issue('bob');
    const bad = token({ ...rsaHeader, kid: 'nobody' });
    for (const text of [ends(60), ticket, ticket, bad]) {
      await enter(world, text);
    }
    const told = JSON.stringify([world.notes, world.failures, world.faults]);
    expect(told).toContain('connected bob');
    for (const text of [ends(60), ticket, bad]) {
      expect(told).not.toContain(text.slice(-20));
    }
  });
});
