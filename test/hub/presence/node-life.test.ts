import { describe, expect, it } from 'vitest';
import { notesFor } from '../../../src/hub/notes.ts';
import { NodeLife } from '../../../src/hub/presence/node-life.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { Gate, settled, TestClaims } from '../calls/doubles.ts';

const leaseMs = 900;

interface World {
  readonly clock: ManualClock;
  readonly claims: TestClaims;
  readonly seen: string[];
  readonly life: (name: string) => NodeLife;
  readonly pass: (ms: number) => Promise<void>;
}

function openWorld(): World {
  const clock = new ManualClock();
  const claims = new TestClaims(clock);
  const seen: string[] = [];
  const life = (name: string): NodeLife => {
    let lives = 0;
    const node: NodeLife = new NodeLife({
      claims,
      clock,
      notes: notesFor({ failed: () => seen.push('failed') }),
      leaseMs,
      newName: () => {
        lives += 1;
        return `${name}.${lives}`;
      },
      reborn: () => seen.push(`reborn as ${node.name}`),
      beat: () => seen.push('beat'),
    });
    return node;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await settled();
    }
  };
  return { clock, claims, seen, life, pass };
}

describe('the life of a node', () => {
  it('is claimed, and goes on as long as it is renewed, three times in a lease', async () => {
    const { claims, seen, life, pass } = openWorld();
    const node = life('n1');
    await node.start();
    expect(claims.keys).toEqual(['~node:n1.1']);
    await pass(leaseMs * 3);
    expect([claims.keys, node.name]).toEqual([['~node:n1.1'], 'n1.1']);
    expect(seen).toEqual(Array.from({ length: 9 }, () => 'beat'));
  });

  it('is known to others by its claim', async () => {
    const { life, clock } = openWorld();
    const [one, two] = [life('n1'), life('n2')];
    await one.start();
    expect(await two.isAlive('n1.1')).toBe(true);
    expect([await two.isAlive('n3.1'), await two.isAlive('n2.1')]).toEqual([false, true]);
    // Two is not renewed by itself here: nothing is awaited between the turns of the clock.
    clock.advance(leaseMs * 2);
    expect(await two.isAlive('n1.1')).toBe(false);
  });

  it('ends with its lease; the next has another name, which is claimed before anybody hears it', async () => {
    const { claims, seen, life, pass } = openWorld();
    const node = life('n1');
    await node.start();
    claims.isDown = true;
    await pass(leaseMs);
    expect([node.name, new Set(seen)]).toEqual(['n1.1', new Set(['failed'])]);
    seen.length = 0;
    claims.isDown = false;
    await pass(leaseMs / 9);
    expect(seen).toEqual(['reborn as n1.2', 'beat']);
    expect(claims.keys).toEqual(['~node:n1.2']);
  });

  it('goes on by its name when the engine was away for less than its lease: it tries again sooner', async () => {
    const { claims, life, pass } = openWorld();
    const node = life('n1');
    await node.start();
    claims.isDown = true;
    await pass((leaseMs / 9) * 7);
    claims.isDown = false;
    await pass(leaseMs);
    expect([node.name, claims.keys]).toEqual(['n1.1', ['~node:n1.1']]);
  });

  it('is held as long as no clock can have ended it, counted from before it was asked for', async () => {
    const { claims, clock, life, pass } = openWorld();
    const node = life('n1');
    expect(node.isHeld).toBe(false);
    await node.start();
    const { lapses } = node;
    await pass(leaseMs * 3);
    expect([node.isHeld, node.lapses]).toEqual([true, lapses]);
    // Renewed, and the answer is long on its way.
    const answer = new Gate();
    const renew = claims.renew.bind(claims);
    claims.renew = async (...what) => {
      const renewed = await renew(...what);
      await answer.passed;
      return renewed;
    };
    clock.advance(leaseMs / 3);
    await settled();
    clock.advance(leaseMs - 100);
    expect(node.isHeld).toBe(false);
    answer.open();
    await settled();
    expect([node.isHeld, node.lapses]).toEqual([true, lapses + 1]);
    clock.advance(99);
    expect(node.isHeld).toBe(true);
    clock.advance(1);
    expect(node.isHeld).toBe(false);
    await pass(leaseMs);
    expect(node.isHeld).toBe(true);
    await node.stop();
    expect(node.isHeld).toBe(false);
  });

  it('that others took for dead is held again under its next name, after a lapse', async () => {
    const { claims, life, pass } = openWorld();
    const node = life('n1');
    await node.start();
    const { lapses } = node;
    claims.isDown = true;
    await pass(leaseMs * 2);
    expect(node.isHeld).toBe(false);
    claims.isDown = false;
    await pass(leaseMs);
    expect([node.name, node.isHeld, node.lapses > lapses]).toEqual(['n1.2', true, true]);
  });

  it('ends at once when it stops, and nothing is left to come', async () => {
    const { claims, clock, seen, life, pass } = openWorld();
    const node = life('n1');
    await node.start();
    await node.stop();
    await pass(leaseMs * 2);
    expect([claims.keys, clock.pending, seen]).toEqual([[], 0, []]);
  });

  it('that is stopped while it renews does not begin again', async () => {
    const { claims, clock, seen, life } = openWorld();
    const node = life('n1');
    await node.start();
    clock.advance(leaseMs / 3);
    await node.stop();
    await settled();
    expect([claims.keys, clock.pending, seen]).toEqual([[], 0, []]);
  });

  it('that cannot be claimed does not start', async () => {
    const { claims, clock, life } = openWorld();
    claims.isDown = true;
    await expect(life('n1').start()).rejects.toThrow('nobody there');
    expect(clock.pending).toBe(0);
  });
});
