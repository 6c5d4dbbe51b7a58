import { describe, expect, it } from 'vitest';
import type { Enter, Exit } from '../../../src/wire/index.ts';
import { Gate } from '../calls/doubles.ts';
import { type PresenceNode, PresenceWorld, Session, settled } from './world.ts';

const leaseMs = 15_000;
/** A lease, and the two beats by which it may be noticed late. */
const noticedMs = leaseMs + (leaseMs / 3) * 2;

function enterOf(id: number, data: unknown = null, channel = 'lobby'): Enter {
  return { type: 'enter', id, channel, data };
}
function exitOf(id: number, channel = 'lobby'): Exit {
  return { type: 'exit', id, channel };
}
function end({ presence }: PresenceNode, session: Session): void {
  session.isOpen = false;
  presence.ended(session.id);
}
const nothing = { sessions: 0, rosters: 0, watched: 0 };

describe('a roster', () => {
  it('has a member from enter to exit, each answered with where the roster stands', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1', 'ann');
    await presence.enter(session, enterOf(1, { busy: false }));
    const sinceMs = world.clock.wallMs();
    expect(await world.members('lobby')).toEqual(
      new Map([['s1', { user: 'ann', data: { busy: false }, sinceMs, node: 'n1.1' }]]),
    );
    await presence.exit(session, exitOf(2));
    const entries = await world.entries('lobby');
    expect(session.got).toMatchObject(
      entries.map(({ offset, id }, i) => ({
        type: 'entered',
        id: i + 1,
        position: { offset, id },
      })),
    );
    expect([await world.story('lobby'), presence.view]).toEqual([{ s1: '+-' }, nothing]);
  });

  it('says something else of a member that enters again, and the same of since when', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    await presence.enter(session, enterOf(1, 'here'));
    const sinceMs = world.clock.wallMs();
    world.clock.advance(1_000);
    await presence.enter(session, enterOf(2, 'away'));
    expect((await world.members('lobby')).get('s1')).toMatchObject({ data: 'away', sinceMs });
    expect(await world.story('lobby')).toEqual({ s1: '+=' });
  });

  it('writes nothing of a member that says the same when its client comes back', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    for (const [generation, data] of [
      [1, 'here'],
      [2, 'here'],
      [3, 'away'],
      [4, 'away'],
    ] as const) {
      session.generation = generation;
      await presence.enter(session, enterOf(generation, data));
    }
    const [, second] = await world.entries('lobby');
    expect(session.got).toMatchObject([
      { position: { offset: 1 } },
      { position: { offset: 1 } },
      { position: { offset: 2 } },
      { type: 'entered', id: 4, position: { offset: 2, id: second!.id } },
    ]);
    expect(await world.story('lobby')).toEqual({ s1: '+=' });
  });

  it('is that of the node where its client is now, though it was here before, and stays when the other node lets it go', async () => {
    const world = new PresenceWorld();
    const [one, other] = [await world.node('n1'), await world.node('n2')];
    const session = new Session('s1');
    for (const [generation, node] of [
      [1, one],
      [2, other],
      [3, one],
    ] as const) {
      session.generation = generation;
      await node.presence.enter(session, enterOf(generation, 'here'));
    }
    other.presence.ended('s1');
    await settled();
    expect((await world.members('lobby')).get('s1')).toMatchObject({ node: 'n1.1' });
    expect(await world.story('lobby')).toEqual({ s1: '+==' });
  });

  it('is left by another node, where the client is before it says that it stands', async () => {
    const world = new PresenceWorld();
    const [one, other] = [await world.node('n1'), await world.node('n2')];
    for (const name of ['a', 'b', 'c', 'd', 's1', 'z']) {
      await one.presence.enter(new Session(name), enterOf(1));
    }
    const session = new Session('s1');
    session.generation = 2;
    await other.presence.exit(session, exitOf(2));
    await other.presence.exit(session, exitOf(3));
    expect(session.codes).toEqual(['entered', 'NOT_ENTERED']);
    one.presence.ended('s1');
    await settled();
    expect((await world.story('lobby'))['s1']).toBe('+-');
    expect((await world.members('lobby')).size).toBe(5);
  });

  it('is left by a node where it stood once, though it stands there by another since then', async () => {
    const world = new PresenceWorld();
    const [one, other] = [await world.node('n1'), await world.node('n2')];
    const session = new Session('s1');
    await one.presence.enter(session, enterOf(1, 'first'));
    session.generation = 2;
    await other.presence.enter(session, enterOf(2, 'then'));
    session.generation = 3;
    await one.presence.exit(session, exitOf(3));
    expect(session.codes).toEqual(['entered', 'entered', 'entered']);
    expect((await world.members('lobby')).size).toBe(0);
  });

  it('is not left by a client that is gone when its turn comes: it may have entered elsewhere', async () => {
    const world = new PresenceWorld();
    const [one, other] = [await world.node('n1'), await world.node('n2')];
    await one.presence.enter(new Session('s1'), enterOf(1));
    const session = new Session('s1');
    session.generation = 2;
    other.gate = new Gate();
    const leaving = other.presence.exit(session, exitOf(2));
    await settled();
    session.isOpen = false;
    other.gate.open();
    await leaving;
    expect((await world.members('lobby')).size).toBe(1);
  });

  it('is entered after that, when both are asked at once', async () => {
    const world = new PresenceWorld();
    const [one, other] = [await world.node('n1'), await world.node('n2')];
    await one.presence.enter(new Session('s1'), enterOf(1, 'before'));
    const session = new Session('s1');
    session.generation = 2;
    const exit = other.presence.exit(session, exitOf(2));
    await Promise.all([exit, other.presence.enter(session, enterOf(3, 'after'))]);
    expect((await world.members('lobby')).get('s1')).toMatchObject({ data: 'after' });
    expect(await world.story('lobby')).toEqual({ s1: '+-+' });
  });

  it('whoever asks to leave and stands nowhere leaves nothing behind', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    session.generation = 2;
    await presence.exit(session, exitOf(1));
    await settled();
    expect([session.codes, presence.view]).toEqual([['NOT_ENTERED'], nothing]);
  });

  it('is left when the session ends; the leave says when', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    const session = new Session('s1');
    await node.presence.enter(session, enterOf(1));
    await node.presence.enter(session, enterOf(2, null, 'attic'));
    world.clock.advance(7_000);
    end(node, session);
    await settled();
    expect([await world.story('lobby'), await world.story('attic')]).toEqual([
      { s1: '+-' },
      { s1: '+-' },
    ]);
    expect((await world.entries('lobby')).at(-1)!.atMs).toBe(world.clock.wallMs());
    expect(node.presence.view).toEqual(nothing);
  });

  it('is not left by who is not in it', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    await presence.exit(session, exitOf(1));
    await presence.enter(session, enterOf(2));
    await presence.exit(session, exitOf(3));
    await presence.exit(session, exitOf(4));
    expect(session.codes).toEqual(['NOT_ENTERED', 'entered', 'entered', 'NOT_ENTERED']);
    expect(await world.story('lobby')).toEqual({ s1: '+-' });
  });
});

describe('D10: who may be in a roster', () => {
  it.each([
    ['says no', () => false],
    ['says anything but true', () => 'yes' as unknown as boolean],
    ['rejects', () => Promise.reject(new Error('policy'))],
  ])('nobody, where the policy %s: no join, and no leave', async (_, enter) => {
    const world = new PresenceWorld({}, { enter });
    const node = await world.node('n1');
    const session = new Session('s1');
    await node.presence.enter(session, enterOf(1));
    await node.presence.exit(session, exitOf(2));
    end(node, session);
    await settled();
    expect(session.codes).toEqual(['FORBIDDEN', 'NOT_ENTERED']);
    expect([await world.entries('lobby'), node.presence.view]).toEqual([[], nothing]);
  });

  it('whoever may not say something stays with what it said before', async () => {
    const world = new PresenceWorld({}, { enter: ({ data }) => data !== 'rude' });
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    await presence.enter(session, enterOf(1, 'polite'));
    await presence.enter(session, enterOf(2, 'rude'));
    expect((await world.members('lobby')).get('s1')).toMatchObject({ data: 'polite' });
    expect(await world.story('lobby')).toEqual({ s1: '+' });
  });

  it.each(['~inbox', '~roster:lobby', 'a b', 'x'.repeat(193)])(
    'nobody in the roster of %j',
    async (channel) => {
      const world = new PresenceWorld();
      const { presence } = await world.node('n1');
      const session = new Session('s1');
      await presence.enter(session, enterOf(1, null, channel));
      expect(session.codes).toEqual(['CHANNEL_INVALID']);
    },
  );

  it('the longest channel that has a roster has 192 bytes', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    await presence.enter(session, enterOf(1, null, 'x'.repeat(192)));
    expect(session.codes).toEqual(['entered']);
  });
});

describe('D5: rosters end', () => {
  it('2,048 bytes may be said of a member, and no more', async () => {
    const world = new PresenceWorld();
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    await presence.enter(session, enterOf(1, 'x'.repeat(2_046)));
    await presence.enter(session, enterOf(2, 'x'.repeat(2_047)));
    // Of members JSON values are said: bytes have no such form.
    await presence.enter(session, enterOf(3, Uint8Array.of(1)));
    expect(session.codes).toEqual(['entered', 'DATA_TOO_LARGE', 'DATA_TOO_LARGE']);
  });

  it('as many members as may be, in one batch ten times as large', async () => {
    const world = new PresenceWorld({ maxMembers: 3 });
    const { presence } = await world.node('n1');
    const sessions = Array.from({ length: 30 }, (_, i) => new Session(`s${i}`));
    await Promise.all(sessions.map((session) => presence.enter(session, enterOf(1))));
    const codes = sessions.flatMap((session) => session.codes);
    expect(codes.filter((code) => code === 'entered').length).toBe(3);
    expect(codes.filter((code) => code === 'TOO_MANY_MEMBERS').length).toBe(27);
    await presence.exit(sessions[0]!, exitOf(2));
    await presence.enter(sessions[29]!, enterOf(2));
    expect(sessions[29]!.codes.at(-1)).toBe('entered');
  });

  it('as many members of one user as may be, over all its sessions: nobody else loses a place by it', async () => {
    const world = new PresenceWorld({ maxMembers: 3, maxMembersPerUser: 2 });
    const { presence } = await world.node('n1');
    const sessions = Array.from({ length: 20 }, (_, i) => new Session(`s${i}`, 'ann'));
    await Promise.all(sessions.map((session) => presence.enter(session, enterOf(1))));
    const codes = sessions.flatMap((session) => session.codes);
    expect(codes.filter((code) => code === 'entered').length).toBe(2);
    const bob = new Session('b', 'bob');
    await presence.enter(bob, enterOf(1));
    expect(bob.codes).toEqual(['entered']);
    await presence.exit(sessions[0]!, exitOf(2));
    await presence.enter(sessions[19]!, enterOf(2));
    expect(sessions[19]!.codes).toEqual(['TOO_MANY_MEMBERS', 'entered']);
  });

  it('as many rosters of one session as may be; again in one of them is no other', async () => {
    const world = new PresenceWorld({ maxRostersOfSession: 2 });
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    for (const [id, channel] of ['a', 'b', 'c', 'a'].entries()) {
      await presence.enter(session, enterOf(id + 1, null, channel));
    }
    expect(session.codes).toEqual(['entered', 'entered', 'TOO_MANY_MEMBERS', 'entered']);
    expect(session.got[2]).toMatchObject({ retryable: true });
  });
});

describe('the sessions of a roster', () => {
  it('are named once each, of all or of one user, as long as they stand in one', async () => {
    const { presence } = await new PresenceWorld().node('n1');
    const session = new Session('s1');
    for (const channel of ['a', 'b']) {
      await presence.enter(session, enterOf(1, null, channel));
    }
    expect([presence.sessions(), presence.sessions(session.whom.user)]).toEqual([['s1'], ['s1']]);
    expect(presence.sessions('nobody')).toEqual([]);
    presence.ended('s1');
    await settled();
    expect(presence.sessions()).toEqual([]);
  });
});

describe('D14: races', () => {
  it('a session that ends while the policy thinks is never in', async () => {
    const gate = new Gate<boolean>();
    const world = new PresenceWorld({}, { enter: () => gate.passed });
    const node = await world.node('n1');
    const session = new Session('s1');
    void node.presence.enter(session, enterOf(1));
    await settled();
    end(node, session);
    gate.open(true);
    await settled();
    expect([await world.entries('lobby'), node.presence.view]).toEqual([[], nothing]);
  });

  it('a session that ends while it is being appended is out afterwards', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    const session = new Session('s1');
    node.gate = new Gate();
    void node.presence.enter(session, enterOf(1));
    await settled();
    end(node, session);
    node.gate.open();
    await settled();
    expect([await world.story('lobby'), node.presence.view]).toEqual([{ s1: '+-' }, nothing]);
  });

  it('enter and exit in one turn happen in that order', async () => {
    const gate = new Gate<boolean>();
    const world = new PresenceWorld({}, { enter: () => gate.passed });
    const { presence } = await world.node('n1');
    const session = new Session('s1');
    const both = [presence.enter(session, enterOf(1)), presence.exit(session, exitOf(2))];
    gate.open(true);
    await Promise.all(both);
    expect(session.codes).toEqual(['entered', 'entered']);
    expect(await world.story('lobby')).toEqual({ s1: '+-' });
  });

  it('whatever is asked in whatever order, each join has one leave, and nothing is left', async () => {
    const world = new PresenceWorld({}, { enter: async ({ data }) => data !== 3 });
    const node = await world.node('n1');
    let seed = 7;
    const dice = (sides: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % sides;
    };
    for (let round = 0; round < 30; round += 1) {
      const session = new Session(`s${round}`);
      for (let id = 1; id <= 12; id += 1) {
        const request = dice(3) === 0 ? exitOf(id) : enterOf(id, dice(5));
        void (request.type === 'exit'
          ? node.presence.exit(session, request)
          : node.presence.enter(session, request));
        if (dice(4) === 0) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      end(node, session);
    }
    await settled();
    for (const said of Object.values(await world.story('lobby'))) {
      expect(said).toMatch(/^(?:\+=*-)+$/);
    }
    expect(node.presence.view).toEqual(nothing);
  });
});

describe('G9: a node that dies', () => {
  it('has its members removed by exactly one survivor, within a lease of its end', async () => {
    const world = new PresenceWorld();
    const [dying, ...survivors] = [
      await world.node('n1'),
      await world.node('n2'),
      await world.node('n3'),
    ];
    await dying!.presence.enter(new Session('s1'), enterOf(1));
    await survivors[0]!.presence.enter(new Session('s2'), enterOf(1));
    await survivors[1]!.presence.enter(new Session('s3'), enterOf(1));
    await world.pass(leaseMs);
    dying!.trouble = 'cut';
    await world.pass(noticedMs);
    expect(await world.story('lobby')).toEqual({ s1: '+-', s2: '+', s3: '+' });
  });

  it('has its members removed where clients only look', async () => {
    const world = new PresenceWorld();
    const [dying, looking] = [await world.node('n1'), await world.node('n2')];
    await dying.presence.enter(new Session('s1'), enterOf(1));
    looking.presence.watched('lobby');
    await world.pass(leaseMs);
    dying.trouble = 'cut';
    await world.pass(noticedMs);
    expect(await world.story('lobby')).toEqual({ s1: '+-' });
    looking.presence.unwatched('lobby');
    expect(looking.presence.view).toEqual(nothing);
  });

  it('has its members removed by whoever comes first, though nobody saw it die', async () => {
    const world = new PresenceWorld();
    const dying = await world.node('n1');
    for (let i = 0; i < 7; i += 1) {
      await dying.presence.enter(new Session(`s${i}`), enterOf(1));
    }
    dying.trouble = 'cut';
    await world.pass(noticedMs);
    const late = await world.node('n2');
    await late.presence.enter(new Session('s9'), enterOf(1));
    await settled();
    expect([...(await world.members('lobby')).keys()]).toEqual(['s9']);
  });

  it('that stops says itself that its members left', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    await node.presence.enter(new Session('s1'), enterOf(1));
    await node.presence.enter(new Session('s2'), enterOf(1));
    await node.presence.stop();
    await node.life.stop();
    expect(await world.story('lobby')).toEqual({ s1: '+-', s2: '+-' });
    expect([node.presence.view, world.clock.pending]).toEqual([nothing, 0]);
  });

  it('that stops without its log does not wait for it', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    await node.presence.enter(new Session('s1'), enterOf(1));
    node.trouble = 'cut';
    await node.presence.stop();
    expect(await world.story('lobby')).toEqual({ s1: '+' });
  });
});

describe('a node that missed its lease', () => {
  it('has all its sessions enter again under its new name, and no join has two leaves', async () => {
    const world = new PresenceWorld();
    const [paused, other] = [await world.node('n1'), await world.node('n2')];
    const session = new Session('s1');
    await paused.presence.enter(session, enterOf(1, 'here'));
    await other.presence.enter(new Session('s2'), enterOf(1));
    await world.pass(leaseMs);
    paused.trouble = 'cut';
    await world.pass(noticedMs);
    paused.trouble = undefined;
    await world.pass(leaseMs);
    expect(paused.life.name).toBe('n1.2');
    expect(await world.story('lobby')).toEqual({ s1: '+-+', s2: '+' });
    expect((await world.members('lobby')).get('s1')).toMatchObject({ node: 'n1.2', data: 'here' });
    await paused.presence.exit(session, exitOf(2));
    expect(await world.story('lobby')).toEqual({ s1: '+-+-', s2: '+' });
  });

  it('only changes its name where nobody took its members for dead', async () => {
    const world = new PresenceWorld();
    const paused = await world.node('n1');
    await paused.presence.enter(new Session('s1'), enterOf(1));
    paused.trouble = 'cut';
    await world.pass(noticedMs);
    paused.trouble = undefined;
    await world.pass(leaseMs);
    expect(await world.story('lobby')).toEqual({ s1: '+=' });
    expect((await world.members('lobby')).get('s1')).toMatchObject({ node: 'n1.2' });
  });

  it('does not take back a session that went to another node meanwhile', async () => {
    const world = new PresenceWorld();
    const [paused, other] = [await world.node('n1'), await world.node('n2')];
    await paused.presence.enter(new Session('s1'), enterOf(1));
    paused.trouble = 'cut';
    await other.presence.enter(new Session('s1'), enterOf(2));
    await world.pass(noticedMs);
    paused.trouble = undefined;
    await world.pass(leaseMs);
    expect((await world.members('lobby')).get('s1')).toMatchObject({ node: 'n2.1' });
    expect(await world.story('lobby')).toEqual({ s1: '+=' });
    expect(paused.presence.view).toEqual(nothing);
  });
});

describe('a session that goes to another node', () => {
  it('stays: the node that it left says no leave', async () => {
    const world = new PresenceWorld();
    const [before, after] = [await world.node('n1'), await world.node('n2')];
    const old = new Session('s1');
    await before.presence.enter(old, enterOf(1));
    await after.presence.enter(new Session('s1'), enterOf(1));
    end(before, old);
    await settled();
    expect(await world.story('lobby')).toEqual({ s1: '+=' });
    expect([before.presence.view, after.presence.view.sessions]).toEqual([nothing, 1]);
  });
});

describe('a log that cannot be reached', () => {
  it('a join that was heard to fail, and is in the log nevertheless, is followed by a leave', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    node.trouble = 'deaf';
    const session = new Session('s1');
    await expect(node.presence.enter(session, enterOf(1))).rejects.toThrow('no answer came');
    node.trouble = undefined;
    await world.pass(10_000);
    expect([await world.story('lobby'), node.presence.view]).toEqual([{ s1: '+-' }, nothing]);
  });

  it('a join that failed leaves nothing behind', async () => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    node.trouble = 'cut';
    await expect(node.presence.enter(new Session('s1'), enterOf(1))).rejects.toThrow(
      'nobody there',
    );
    node.trouble = undefined;
    await world.pass(10_000);
    expect([await world.entries('lobby'), node.presence.view]).toEqual([[], nothing]);
  });

  it.each(['cut', 'deaf'] as const)(
    'a leave is tried until it is heard of (%s)',
    async (trouble) => {
      const world = new PresenceWorld();
      const node = await world.node('n1');
      const session = new Session('s1');
      await node.presence.enter(session, enterOf(1));
      node.trouble = trouble;
      end(node, session);
      await world.pass(5_000);
      expect(node.presence.view.sessions).toBe(1);
      node.trouble = undefined;
      await world.pass(10_000);
      expect([await world.story('lobby'), node.presence.view]).toEqual([{ s1: '+-' }, nothing]);
    },
  );

  it.each(['cut', 'deaf'] as const)('an update that failed is said again (%s)', async (trouble) => {
    const world = new PresenceWorld();
    const node = await world.node('n1');
    const session = new Session('s1');
    await node.presence.enter(session, enterOf(1, 'one'));
    node.trouble = trouble;
    await expect(node.presence.enter(session, enterOf(2, 'two'))).rejects.toThrow();
    await world.pass(2_000);
    node.trouble = undefined;
    await world.pass(10_000);
    expect((await world.members('lobby')).get('s1')).toMatchObject({ data: 'two' });
    end(node, session);
    await settled();
    expect((await world.story('lobby'))['s1']).toMatch(/^\+=+-$/);
  });
});
