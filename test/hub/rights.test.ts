import { describe, expect, it } from 'vitest';
import { notesFor } from '../../src/hub/notes.ts';
import { type Granted, type NodeScope, Rights } from '../../src/hub/rights.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { settled } from './world.ts';

interface Node {
  readonly rights: Rights;
  /** What was asked, in order. */
  readonly asked: string[];
  /** By the name of the user, or `all`: what goes on. */
  readonly going: Map<string, Granted[]>;
  readonly failures: unknown[];
}

interface World {
  readonly clock: ManualClock;
  readonly node: (perSecond?: number) => Node;
}

function nameOf({ user, channel, session }: NodeScope): string {
  return user ?? session ?? channel ?? 'all';
}

function openWorld(): World {
  const clock = new ManualClock();
  const node = (perSecond = 1_000): Node => {
    const asked: string[] = [];
    const failures: unknown[] = [];
    const going: Node['going'] = new Map();
    const rights = new Rights({
      clock,
      notes: notesFor({ failed: (error) => failures.push(error) }),
      perSecond,
      granted: (scope) => {
        asked.push(`look ${nameOf(scope)}`);
        return going.get(nameOf(scope)) ?? [];
      },
    });
    return { rights, asked, going, failures };
  };
  return { clock, node };
}

/** Things that go on, each of which writes down that it was asked about. */
function many(node: Node, name: string, count: number): void {
  node.going.set(
    name,
    Array.from({ length: count }, (_, i) => async () => {
      node.asked.push(`${name} ${i}`);
    }),
  );
}

async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await settled();
  return done;
}

describe('rights that changed', () => {
  it('are asked about, once', async () => {
    const here = openWorld().node();
    many(here, 'ann', 2);
    await here.rights.recheck({ user: 'ann' });
    expect(here.asked).toEqual(['look ann', 'ann 0', 'ann 1']);
  });

  it('of a channel, and of everything', async () => {
    const here = openWorld().node();
    await here.rights.recheck({ channel: 'news' });
    await here.rights.recheck({});
    expect(here.asked).toEqual(['look news', 'look all']);
  });

  it('a question that fails is told to the observer, and the others are asked', async () => {
    const { node } = openWorld();
    const here = node();
    const failure = new Error('no');
    here.going.set('all', [
      () => Promise.reject(failure),
      async () => {
        here.asked.push('next');
      },
    ]);
    await here.rights.recheck({});
    expect([here.asked, here.failures]).toEqual([['look all', 'next'], [failure]]);
  });
});

describe('a bounded rate', () => {
  it('of perSecond questions, and not one more', async () => {
    const { clock, node } = openWorld();
    const here = node(10);
    many(here, 'all', 12);
    const rechecking = here.rights.recheck({});
    expect(await isDone(rechecking)).toBe(false);
    expect(here.asked).toHaveLength(1 + 10);
    clock.advance(100);
    await settled();
    expect(here.asked).toHaveLength(1 + 11);
    clock.advance(99);
    await settled();
    expect(here.asked).toHaveLength(1 + 11);
    clock.advance(1);
    expect(await isDone(rechecking)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['user', { user: 'ann' }],
    ['session', { session: 'ann' }],
  ])('what concerns one %s does not wait behind what concerns all', async (_, scope) => {
    const { clock, node } = openWorld();
    const here = node(64);
    many(here, 'all', 200);
    many(here, 'ann', 1);
    void here.rights.recheck({});
    await settled();
    void here.rights.recheck(scope);
    clock.advance(2_000);
    await settled();
    for (let i = 0; i < 200; i += 1) {
      clock.advance(20);
      await settled();
    }
    const at = here.asked.indexOf('ann 0');
    expect(at).toBeGreaterThan(64);
    expect(at).toBeLessThan(150);
    expect(here.asked).toContain('all 199');
  });

  it('64 questions are open at once; one that is not answered in 10 s is not waited for', async () => {
    const { clock, node } = openWorld();
    const here = node();
    let open = 0;
    here.going.set(
      'all',
      Array.from({ length: 65 }, () => () => {
        open += 1;
        return new Promise<void>(() => undefined);
      }),
    );
    const rechecking = here.rights.recheck({});
    await settled();
    expect(open).toBe(64);
    clock.advance(9_999);
    await settled();
    expect(open).toBe(64);
    clock.advance(1);
    await settled();
    expect(open).toBe(65);
    clock.advance(10_000);
    expect(await isDone(rechecking)).toBe(true);
  });

  it('what is asked for again while it is looked at is looked at once more, however often it was', async () => {
    const { node } = openWorld();
    const here = node();
    let answer!: () => void;
    here.going.set('ann', [
      () =>
        new Promise((resolve) => {
          here.asked.push('asked');
          answer = resolve;
        }),
    ]);
    const first = here.rights.recheck({ user: 'ann' });
    await settled();
    const later = [here.rights.recheck({ user: 'ann' }), here.rights.recheck({ user: 'ann' })];
    answer();
    await settled();
    expect(here.asked).toEqual(['look ann', 'asked', 'look ann', 'asked']);
    answer();
    await Promise.all([first, ...later]);
    expect(here.asked).toHaveLength(4);
  });

  it('1,000 scopes wait; one more, and everything is looked at', async () => {
    const { node } = openWorld();
    const here = node(10_000);
    const all: Promise<void>[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      all.push(here.rights.recheck({ user: `u${i}` }));
    }
    all.push(here.rights.recheck({ user: 'u0' }));
    expect(here.asked).not.toContain('look all');
    all.push(here.rights.recheck({ user: 'one more' }));
    await Promise.all(all);
    expect(here.asked.filter((line) => line === 'look all')).toHaveLength(1);
    expect(here.asked).not.toContain('look one more');
  });
});

describe('a node that stops', () => {
  it('asks nothing more, and keeps nobody waiting', async () => {
    const { clock, node } = openWorld();
    const here = node(1);
    many(here, 'all', 10);
    const rechecking = here.rights.recheck({});
    await settled();
    here.rights.stop();
    await rechecking;
    clock.advance(5_000);
    await settled();
    const { length } = here.asked;
    expect(length).toBeLessThan(10);
    await here.rights.recheck({});
    expect(here.asked).toHaveLength(length);
    expect(clock.pending).toBe(0);
  });
});
