/** Three nodes, one of which is told to end somebody's sessions: as clients see it. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { messageLimits } from '../../../src/wire/index.ts';
import { openPolicy, settled } from '../world.ts';
import { Cluster, leaseMs, type Node, outcome, type Reader } from './world.ts';

const policy: Policy = { ...openPolicy, enter: () => true, roster: () => true };

/** One reader of ann's and one of bob's at each node. */
async function everywhere(count = 3): Promise<{
  readonly cluster: Cluster;
  readonly nodes: Node[];
  readonly ann: Reader[];
  readonly bob: Reader[];
}> {
  const cluster = new Cluster();
  const nodes = await cluster.nodes(count);
  const [ann, bob]: [Reader[], Reader[]] = [[], []];
  for (const node of nodes) {
    ann.push(await cluster.reader(node, 'ann'));
    bob.push(await cluster.reader(node, 'bob'));
  }
  return { cluster, nodes, ann, bob };
}

/** To be called every so often: one more entry of `news`. */
function publisher(node: Node): () => void {
  let count = 0;
  return () => {
    count += 1;
    void node.hub.publish('news', count);
  };
}

function names(clients: readonly Reader[]): unknown[] {
  return clients.map(({ why }) => why?.name);
}

describe('D12: a user who is revoked', () => {
  it('D12: hears nothing more on any node once it is done, and stays away; others go on', async () => {
    const { cluster, nodes, ann, bob } = await everywhere();
    const publish = publisher(nodes[0]!);
    await cluster.pass(1_000, publish);
    expect(ann.map(({ heard }) => heard.length)).toEqual([20, 20, 20]);
    const atMs = cluster.clock.nowMs();
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }, { reason: 'logged out' }));
    await cluster.pass(3_000, publish);
    expect(revoking.is).toBe('done');
    expect(ann.map(({ why }) => why)).toEqual(
      ann.map(() => ({ code: 4504, name: 'REVOKED', reason: 'logged out' })),
    );
    for (const { lastMs } of ann) {
      expect(lastMs).toBeLessThanOrEqual(atMs + 50);
    }
    expect(bob.map(({ heard }) => heard.length)).toEqual([80, 80, 80]);
    expect(nodes.map(({ failures }) => failures)).toEqual([[], [], []]);
    for (const { welcome } of ann) {
      expect(await cluster.claim(`~session:${welcome!.session}`)).toBeUndefined();
    }
  });

  it.each([
    ['all messages of the bus', () => () => true, 'failed'],
    [
      'most messages of the bus',
      () => {
        const random = seededRandom(2);
        return () => random() < 0.6;
      },
      'done',
    ],
  ] as const)(
    'D12: hears nothing for more than 2 s on nodes that lose %s',
    async (_, losing, is) => {
      const { cluster, nodes, ann, bob } = await everywhere();
      for (const { way } of nodes) {
        way.losesMessage = losing();
      }
      const publish = publisher(nodes[0]!);
      await cluster.pass(1_000, publish);
      const atMs = cluster.clock.nowMs();
      const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
      await cluster.pass(2 * leaseMs + 1_000, publish);
      expect([names(ann), names(bob)]).toEqual([
        ['REVOKED', 'REVOKED', 'REVOKED'],
        [undefined, undefined, undefined],
      ]);
      expect(ann[0]!.lastMs).toBeLessThanOrEqual(atMs + 1_000);
      for (const { lastMs } of ann) {
        expect(lastMs).toBeLessThanOrEqual(atMs + 2_000);
      }
      // Who is alive and never says so is told to the caller, who may ask again.
      expect(revoking.is).toBe(is);
      expect(is === 'failed' ? revoking.error : undefined).toEqual(
        is === 'failed' ? expect.objectContaining({ retryable: true }) : undefined,
      );
    },
  );

  it.each(['isCut', 'isMute'] as const)(
    'D12: hears nothing from a node that %s, from when it is done: not before that node’s lease has ended',
    async (trouble) => {
      const { cluster, nodes, ann, bob } = await everywhere();
      const publish = publisher(nodes[0]!);
      nodes[2]!.way[trouble] = true;
      nodes[2]!.way.losesMessage = () => true;
      const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
      await cluster.pass(leaseMs - 3_500, publish);
      expect(revoking.is).toBe('open');
      let doneMs: number | undefined;
      await cluster.pass(10_000, () => {
        publish();
        doneMs ??= revoking.is === 'done' ? cluster.clock.nowMs() : undefined;
      });
      expect(doneMs).toBeLessThanOrEqual(leaseMs + 1_000);
      nodes[2]!.way[trouble] = false;
      nodes[2]!.way.losesMessage = () => false;
      await cluster.pass(10_000, publish);
      expect(ann[2]!.lastMs).toBeLessThanOrEqual(doneMs!);
      expect(names(ann)).toEqual(['REVOKED', 'REVOKED', 'REVOKED']);
      // Whoever was there with it missed nothing.
      expect(bob[2]!.heard.map(({ data }) => data)).toEqual(bob[0]!.heard.map(({ data }) => data));
      expect(bob[2]!.all('gap')).toEqual([]);
    },
  );

  it('D12: hears nothing from a node that slept, though entries come first when it wakes', async () => {
    const { cluster, nodes, ann } = await everywhere(2);
    const { way } = nodes[1]!;
    way.isMute = true;
    way.losesMessage = () => true;
    await cluster.pass(leaseMs + 1_000);
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
    await cluster.pass(1_000);
    expect(revoking.is).toBe('done');
    const { length } = ann[1]!.heard;
    way.isMute = false;
    // Before its next look, and before its next sign of life.
    await nodes[0]!.hub.publish('news', 'secret');
    await settled();
    expect(ann[1]!.heard).toHaveLength(length);
    await cluster.pass(5_000);
    expect([ann[1]!.heard.length, ann[1]!.why?.name]).toEqual([length, 'REVOKED']);
  });

  it('is not waited for at a node that died, which is taken out of the register', async () => {
    const cluster = new Cluster();
    const [one, two] = (await cluster.nodes(2)) as [Node, Node];
    expect(await cluster.values('~orders')).toEqual([one.hub.post.node, two.hub.post.node]);
    two.way.isCut = true;
    const revoking = outcome(one.hub.revoke({ user: 'ann' }));
    await cluster.pass(leaseMs + 1_000);
    expect(revoking.is).toBe('done');
    expect(await cluster.values('~orders')).toEqual([one.hub.post.node]);
  });

  it('whose order was lost with the one who gave it is ended all the same', async () => {
    const { cluster, nodes, ann } = await everywhere(2);
    nodes[1]!.way.losesMessage = () => true;
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
    await settled();
    nodes[0]!.way.isCut = true;
    await cluster.pass(1_000);
    expect([revoking.is, ann[1]!.why?.name]).toEqual(['open', 'REVOKED']);
  });
});

describe('D12: a hello that is worked on while an order comes', () => {
  it.each([0, 1])('is judged after it, at node %i', async (at) => {
    let letIn!: (user: string) => void;
    const asked: string[] = [];
    const slow: Policy = {
      ...policy,
      connect: ({ token }) => {
        asked.push(token!);
        return new Promise((resolve) => {
          letIn = resolve;
        });
      },
    };
    const cluster = new Cluster({ policy: slow });
    const nodes = await cluster.nodes(2);
    const client = await cluster.come(nodes[at]!, 'ann');
    expect(asked).toEqual(['ann']);
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
    await cluster.pass(100);
    letIn('ann');
    await settled();
    expect([revoking.is, client.why?.name, client.got]).toEqual(['done', 'REVOKED', []]);
    const after = await cluster.come(nodes[at]!, 'ann');
    letIn('ann');
    await settled();
    expect([after.why, after.welcome?.user]).toEqual([undefined, 'ann']);
  });
});

describe('a session that is revoked', () => {
  it('is ended alone, on whatever node it is', async () => {
    const { cluster, nodes, ann } = await everywhere();
    const { session } = ann[1]!.welcome!;
    const revoking = outcome(nodes[0]!.hub.revoke({ session }));
    await cluster.pass(100);
    expect([revoking.is, names(ann)]).toEqual(['done', [undefined, 'REVOKED', undefined]]);
    expect(await cluster.claim(`~session:${session}`)).toBeUndefined();
  });

  it('leaves its rosters at once, also when its client is away', async () => {
    const cluster = new Cluster({ policy });
    const nodes = (await cluster.nodes(2)) as [Node, Node];
    const clients: Reader[] = [];
    for (const user of ['ann', 'bob', 'eve']) {
      const client = await cluster.come(nodes[1], user);
      client.say({ type: 'enter', id: 1, channel: 'news', data: null });
      await settled();
      clients.push(client);
    }
    const [ann, bob, eve] = clients.map(({ welcome }) => welcome!.session);
    clients[1]!.desk.closed();
    clients[2]!.desk.closed();
    expect(await cluster.values('~roster:news')).toEqual([ann, bob, eve]);
    void nodes[0].hub.revoke({ session: ann! });
    void nodes[0].hub.revoke({ user: 'bob' });
    await cluster.pass(100);
    expect(await cluster.values('~roster:news')).toEqual([eve]);
  });
});

describe('D7: a secret after revocation', () => {
  for (const whom of ['user', 'session'] as const) {
    it(`D7: of the ${whom}, with its client away, is good for nothing on any node, nor on one that comes later`, async () => {
      const cluster = new Cluster();
      const nodes = await cluster.nodes(2);
      const first = await cluster.come(nodes[1]!, 'ann');
      const { session, secret } = first.welcome!;
      first.desk.closed();
      await settled();
      const scope = whom === 'user' ? { user: 'ann' } : { session };
      const revoking = outcome(nodes[0]!.hub.revoke(scope));
      await cluster.pass(100);
      expect(revoking.is).toBe('done');
      for (const node of [...nodes, await cluster.node()]) {
        const back = await cluster.come(node, 'ann', { session, secret });
        expect([back.welcome!.resumed, back.welcome!.session === session]).toEqual([false, false]);
      }
      expect(await cluster.claim(`~session:${session}`)).toBeUndefined();
    });
  }

  it('D7: of whoever came after it is as good as ever', async () => {
    const cluster = new Cluster();
    const nodes = await cluster.nodes(2);
    await Promise.all([nodes[0]!.hub.revoke({ user: 'ann' }), cluster.pass(100)]);
    const late = await cluster.node();
    let client = await cluster.come(nodes[0]!, 'ann');
    for (const node of [nodes[1]!, late, nodes[0]!]) {
      client.desk.closed();
      await settled();
      const back = await cluster.come(node, 'ann', client.welcome!);
      expect(back.welcome!.resumed).toBe(true);
      client = back;
    }
  });

  it('D7: cut off at its node, is good for nothing at another while its client is still there', async () => {
    const cluster = new Cluster();
    const nodes = await cluster.nodes(2);
    const first = await cluster.come(nodes[1]!, 'ann');
    nodes[1]!.way.isCut = true;
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
    await cluster.pass(1_000);
    const back = await cluster.come(nodes[0]!, 'ann', first.welcome!);
    expect([revoking.is, back.welcome!.resumed]).toEqual(['open', false]);
  });
});

describe('a node that missed more orders than the log keeps', () => {
  it('D12: lets all its clients come anew: each of them may be meant', async () => {
    const cluster = new Cluster({}, { maxEntries: 5 });
    const [one, two] = (await cluster.nodes(2)) as [Node, Node];
    const [here, there] = [await cluster.reader(one, 'bob'), await cluster.reader(two, 'bob')];
    two.way.isCut = true;
    await cluster.pass(leaseMs + 1_000);
    for (let i = 0; i < 10; i += 1) {
      const revoking = outcome(one.hub.revoke({ user: `u${i}` }));
      await cluster.pass(1_000);
      expect(revoking.is).toBe('done');
    }
    two.way.isCut = false;
    await cluster.pass(5_000);
    expect(names([here, there])).toEqual([undefined, 'TOKEN_EXPIRED']);
    const back = await cluster.come(two, 'bob', there.welcome!);
    expect(back.welcome!.resumed).toBe(false);
  });
});

describe('rights that changed', () => {
  it('D12: are asked about at every node, though the bus loses everything', async () => {
    const no = new Set<string>();
    const cluster = new Cluster({
      policy: { ...policy, subscribe: ({ user }) => !no.has(user) },
    });
    const nodes = (await cluster.nodes(2)) as [Node, Node];
    const client = await cluster.reader(nodes[1], 'ann');
    nodes[1].way.losesMessage = () => true;
    no.add('ann');
    void nodes[0].hub.recheck({ user: 'ann' }).catch(() => undefined);
    await cluster.pass(1_000);
    expect(client.all('gap').map(({ gap }) => gap.reason)).toEqual(['unauthorised']);
  });

  it('D12: while a node was cut off are asked about before anything passes there', async () => {
    const no = new Set<string>();
    const answers: (() => void)[] = [];
    const subscribe: Policy['subscribe'] = async ({ user }) => {
      if (no.size > 0) {
        await new Promise<void>((go) => answers.push(go));
      }
      return !no.has(user);
    };
    const cluster = new Cluster({ policy: { ...policy, subscribe } });
    const nodes = (await cluster.nodes(2)) as [Node, Node];
    const [ann, bob] = [
      await cluster.reader(nodes[1], 'ann'),
      await cluster.reader(nodes[1], 'bob'),
    ];
    nodes[1].way.isCut = true;
    no.add('ann');
    const rechecking = outcome(nodes[0].hub.recheck());
    await cluster.pass(leaseMs + 1_000);
    expect(rechecking.is).toBe('done');
    nodes[1].way.isCut = false;
    await nodes[0].hub.publish('news', 'secret');
    await cluster.pass(5_000);
    expect([ann.heard, bob.heard, answers.length]).toEqual([[], [], 2]);
    for (const answer of answers) {
      answer();
    }
    await cluster.pass(5_000);
    expect([ann.heard, bob.heard.map(({ data }) => data)]).toEqual([[], ['secret']]);
  });
});

describe('an order that cannot be given', () => {
  it.each([
    [{}, {}],
    [{ user: 'ann', session: 's' }, {}],
    [{ user: 1 }, {}],
    [{ user: 'x'.repeat(messageLimits.userLength + 1) }, {}],
    [{ user: 'ann' }, { reason: 'x'.repeat(124) }],
    [{ user: 'ann' }, { reason: 7 }],
  ])('%j %j is your mistake', async (scope, options) => {
    const { hub } = await new Cluster().node();
    await expect(hub.revoke(scope as never, options as never)).rejects.toMatchObject({
      name: 'HubUsageError',
      code: 'ORDER_INVALID',
    });
  });

  it('since the log cannot be reached is said to the caller, who may ask again; here it is done', async () => {
    const { nodes, ann, cluster } = await everywhere(2);
    nodes[0]!.way.isMute = true;
    await expect(nodes[0]!.hub.revoke({ user: 'ann' })).rejects.toMatchObject({ retryable: true });
    expect(names(ann)).toEqual(['REVOKED', undefined]);
    nodes[0]!.way.isMute = false;
    await Promise.all([nodes[0]!.hub.revoke({ user: 'ann' }), cluster.pass(100)]);
    expect(names(ann)).toEqual(['REVOKED', 'REVOKED']);
  });

  it('by a hub that does not run, or stops meanwhile', async () => {
    const { nodes, cluster } = await everywhere(2);
    nodes[1]!.way.isCut = true;
    const revoking = outcome(nodes[0]!.hub.revoke({ user: 'ann' }));
    await settled();
    await Promise.all([nodes[0]!.hub.stop(), cluster.pass(100)]);
    expect(revoking).toMatchObject({ is: 'failed', error: { code: 'BROKER_STOPPED' } });
    await expect(nodes[0]!.hub.revoke({ user: 'ann' })).rejects.toMatchObject({
      code: 'HUB_NOT_RUNNING',
    });
  });
});
