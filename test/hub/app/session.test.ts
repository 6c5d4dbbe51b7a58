/** The session, over a whole hub: what an application is told of the client that asks, by whatever it asks. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { type AppSession, type Implementing, implement } from '../../../src/hub/app/index.ts';
import type { Observer, Visitor } from '../../../src/ports/index.ts';
import { testbed } from '../../../src/testbed/index.ts';
import { RawClient } from './raw-client.ts';

const app = contract({
  session: z.object({ device: z.string(), tokens: z.number() }),
  channels: {
    room: {
      events: { message: z.string() },
      presence: z.object({ device: z.string() }),
      calls: { whoAmI: { in: z.null(), out: z.null() } },
    },
  },
  calls: { logout: { in: z.null(), out: z.null() } },
});
type Session = AppSession<{ device: string; tokens: number }>;

/** Everything that is told a session writes down by which word it was told which. */
async function start(more: Partial<Implementing<typeof app>> = {}) {
  const bed = testbed();
  const told = new Map<string, Session>();
  const failures: unknown[] = [];
  const observer: Observer = { failed: (error) => failures.push(error) };
  let tokens = 0;
  const tell = (word: string, session: Session): true => {
    told.set(word, session);
    return true;
  };
  const implemented = implement(app, {
    authenticate: ({ token = '' }: Visitor) => {
      tokens += 1;
      return { user: { id: token.slice(0, 3) }, session: { device: 'a desk', tokens } };
    },
    channels: {
      room: {
        authorize: ({ session, action, again }) =>
          tell(again === true ? `${action} again` : action, session),
        see: ({ session }) => tell('see', session),
        presence: ({ session }) => tell('presence', session) && { device: session.data.device },
        calls: { whoAmI: (_, { session }) => tell('handler', session) && null },
      },
    },
    authorize: ({ session }) => tell('authorize of none', session),
    calls: { logout: (_, { session }) => tell('handler of none', session) && null },
    use: [
      {
        before: ({ session, address }) => {
          expect(address).toBe(session.address);
          tell('before', session);
          return undefined;
        },
        after: ({ session }) => void tell('after', session),
      },
    ],
    ...more,
  });
  const { hub } = await bed.serve({ app: implemented, observer });
  const come = (token?: string): Promise<RawClient> =>
    RawClient.come({ bed, hub }, token, '192.0.2.7');
  return { bed, hub, told, failures, come };
}

const requests = [
  { type: 'subscribe', channel: 'room' },
  { type: 'publish', channel: 'room', event: 'message', data: 'hi' },
  { type: 'enter', channel: 'room', data: { device: 'a lie' } },
  { type: 'call', channel: 'room', method: 'whoAmI', data: null, withinMs: 1_000 },
  { type: 'call', method: 'logout', data: null, withinMs: 1_000 },
];
const words = [
  'before',
  'after',
  'subscribe',
  'publish',
  'see',
  'enter',
  'presence',
  'call',
  'handler',
  'authorize of none',
  'handler of none',
];

function welcomeOf({ got }: RawClient): { readonly session: string; readonly secret: string } {
  return got.find(({ type }) => type === 'welcome') as never;
}

describe('a session', () => {
  it('is told to all who are asked, in one shape: which client, by what road, since when, and what is known of it', async () => {
    const { bed, come, told } = await start();
    const ann = await come('ann');
    for (const request of requests) {
      expect(await ann.ask(request)).toBe('ok');
    }
    expect([...told.keys()].toSorted()).toEqual(words.toSorted());
    const { session: id } = welcomeOf(ann);
    for (const session of told.values()) {
      expect(session).toEqual({
        id,
        transport: 'raw',
        address: '192.0.2.7',
        connectedAtMs: expect.any(Number),
        expiresAtMs: undefined,
        data: { device: 'a desk', tokens: 1 },
      });
      expect(bed.clock.wallMs() - session.connectedAtMs).toBeLessThan(100);
    }
    bed.close();
  });

  it('has one name for `revoke`, so that a handler can end its caller', async () => {
    const { bed, hub, come, told } = await start();
    const [ann, other] = [await come('ann'), await come('ann')];
    await ann.ask(requests[4]!);
    const revoking = hub.revoke({ session: told.get('handler of none')!.id });
    await bed.advance(100);
    await revoking;
    expect([ann.why?.name, other.why]).toEqual(['REVOKED', undefined]);
    bed.close();
  });

  it('has of a new token what `authenticate` then said, and of the connection what it was', async () => {
    const { bed, come, told, hub } = await start();
    const ann = await come('ann');
    await ann.ask(requests[0]!);
    const before = told.get('subscribe')!;
    await bed.advance(1_000);
    expect(await ann.ask({ type: 'renew', token: 'ann again' })).toBe('ok');
    const rechecking = hub.recheck();
    await bed.advance(100);
    await rechecking;
    expect(told.get('subscribe again')).toEqual({
      ...before,
      data: { device: 'a desk', tokens: 2 },
    });
    // What goes on asks with it too.
    await ann.ask(requests[1]!);
    expect(told.get('see')!.data.tokens).toBe(2);
    bed.close();
  });

  it('is the same when its client comes back, by another connection', async () => {
    const { bed, hub, come, told } = await start();
    const ann = await come('ann');
    await ann.ask(requests[0]!);
    const before = told.get('subscribe')!;
    const { session, secret } = welcomeOf(ann);
    ann.desk.closed();
    await bed.advance(5_000);
    const again = await RawClient.come({ bed, hub }, 'ann', '192.0.2.8', { session, secret });
    await again.ask(requests[0]!);
    const after = told.get('subscribe')!;
    expect([after.id, after.address]).toEqual([before.id, '192.0.2.8']);
    expect(after.connectedAtMs - before.connectedAtMs).toBeGreaterThanOrEqual(5_000);
    bed.close();
  });

  it('of a member whose client is away is that of its last connection', async () => {
    const { bed, hub, come, told } = await start();
    const ann = await come('ann');
    await ann.ask(requests[2]!);
    const before = told.get('enter')!;
    ann.desk.closed();
    await bed.advance(1_000);
    const rechecking = hub.recheck();
    await bed.advance(100);
    await rechecking;
    expect(told.get('enter again')).toEqual(before);
    bed.close();
  });

  it('that does not fit the contract lets nobody in, and the observer hears it', async () => {
    const { bed, come, failures } = await start({
      authenticate: () => ({ user: { id: 'ann' }, session: { device: 7 } as never }),
    });
    expect((await come('ann')).why?.name).toBe('UNAUTHORISED');
    expect(failures).toMatchObject([{ code: 'SESSION_INVALID', issues: [{ path: 'device' }, {}] }]);
    bed.close();
  });

  it('tells when its token ends, as `authenticate` said', async () => {
    let expiresAtMs = 0;
    const { bed, come, told } = await start({
      authenticate: () => ({
        user: { id: 'ann' },
        session: { device: 'x', tokens: 0 },
        expiresAtMs,
      }),
    });
    expiresAtMs = bed.clock.wallMs() + 60_000;
    await (await come('ann')).ask(requests[0]!);
    expect(told.get('subscribe')!.expiresAtMs).toBe(expiresAtMs);
    bed.close();
  });
});
