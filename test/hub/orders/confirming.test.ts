import { describe, expect, it } from 'vitest';
import { notesFor } from '../../../src/hub/notes.ts';
import { type Ask, Confirming } from '../../../src/hub/orders/confirming.ts';
import type { Nodes } from '../../../src/hub/orders/nodes.ts';
import type { Order } from '../../../src/hub/orders/order.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { settled } from '../world.ts';
import { outcome } from './world.ts';

const silentMs = 5_000;
const at = { epoch: 'e', offset: 1, id: 'p1' };
const order: Order = { id: 'o1', kind: 'recheck' };

function open(registered: Record<string, string>) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const left: string[] = [];
  const failures: unknown[] = [];
  const dead = new Set<string>();
  const world = { busFails: false, claimsFail: false };
  const confirming = new Confirming({
    clock,
    silentMs,
    desk: 'mine',
    notes: notesFor({ failed: (error) => failures.push(error) }),
    nodes: {
      all: async () => Object.entries(registered).map(([name, desk]) => ({ name, desk })),
      leave: async (name) => void left.push(name),
    } as Nodes,
    isAlive: async (name) => {
      if (world.claimsFail) {
        throw new Error('no claims');
      }
      return !dead.has(name);
    },
    post: {
      node: 'n0',
      follow: async () => () => undefined,
      send: async (topic, message) => {
        asked.push(`${topic} ${(message as Ask).order.id}`);
        if (world.busFails) {
          throw new Error('no bus');
        }
      },
    },
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await settled();
    }
  };
  return { clock, asked, left, failures, dead, world, confirming, pass };
}

const done = { id: 'o1', isDone: true };

describe('an order that all nodes are to carry out', () => {
  it('is done when each of the others has said so, however often it was asked', async () => {
    const { confirming, asked, pass, clock } = open({ n0: 'mine', n1: 'd1', n2: 'd2' });
    const waiting = outcome(confirming.all(order, at));
    await settled();
    expect(asked).toEqual(['~desk:d1 o1', '~desk:d2 o1']);
    confirming.hear({ ...done, desk: 'd1' });
    await pass(600);
    expect([waiting.is, asked.slice(2)]).toEqual(['open', ['~desk:d2 o1']]);
    confirming.hear({ ...done, desk: 'd2' });
    await settled();
    expect([waiting.is, clock.pending]).toEqual(['done', 0]);
  });

  it('is done at once where there is no other', async () => {
    const { confirming, asked } = open({ n0: 'mine' });
    await confirming.all(order, at);
    expect(asked).toEqual([]);
  });

  it('does not wait for the dead, who are taken out of the register', async () => {
    const { confirming, dead, left, pass } = open({ n1: 'd1' });
    dead.add('n1');
    const waiting = outcome(confirming.all(order, at));
    await pass(600);
    expect([waiting.is, left]).toEqual(['done', ['n1']]);
  });

  it('waits for whoever is alive and silent as long as the limit, and not longer', async () => {
    const { confirming, pass, clock } = open({ n1: 'd1' });
    const waiting = outcome(confirming.all(order, at));
    await pass(silentMs - 100);
    expect(waiting.is).toBe('open');
    await pass(600);
    expect(waiting).toMatchObject({ is: 'failed', error: { retryable: true } });
    expect(clock.pending).toBe(0);
  });

  it('waits for whoever says that it is at work', async () => {
    const { confirming, pass } = open({ n1: 'd1' });
    const waiting = outcome(confirming.all(order, at));
    for (let i = 0; i < 5; i += 1) {
      await pass(silentMs - 1_000);
      confirming.hear({ id: 'o1', desk: 'd1', isDone: false });
    }
    expect(waiting.is).toBe('open');
    confirming.hear({ ...done, desk: 'd1' });
    await settled();
    expect(waiting.is).toBe('done');
  });

  it('counts a node of two lives once: what one did the other did', async () => {
    const { confirming, asked } = open({ n1: 'd1', n2: 'd1' });
    const waiting = outcome(confirming.all(order, at));
    await settled();
    expect(asked).toEqual(['~desk:d1 o1']);
    confirming.hear({ ...done, desk: 'd1' });
    await settled();
    expect(waiting.is).toBe('done');
  });

  it('is asked for again though bus and claims fail, which the observer hears', async () => {
    const { confirming, world, failures, pass } = open({ n1: 'd1' });
    world.busFails = true;
    world.claimsFail = true;
    const waiting = outcome(confirming.all(order, at));
    await pass(1_000);
    expect([waiting.is, failures.length > 2]).toEqual(['open', true]);
    confirming.hear({ ...done, desk: 'd1' });
    confirming.hear({ ...done, id: 'other', desk: 'd1' });
    await settled();
    expect(waiting.is).toBe('done');
  });

  it('is waited for by nobody when the node stops', async () => {
    const { confirming, clock } = open({ n1: 'd1' });
    const waiting = outcome(confirming.all(order, at));
    await settled();
    confirming.stop();
    await settled();
    expect([waiting, clock.pending]).toMatchObject([
      { is: 'failed', error: { code: 'BROKER_STOPPED' } },
      0,
    ]);
  });

  it('of 10,000 that are waited for there is no room for one more', async () => {
    const { confirming } = open({ n1: 'd1' });
    for (let i = 0; i < 9_999; i += 1) {
      void confirming.all({ id: `o${i}`, kind: 'recheck' }, at).catch(() => undefined);
    }
    await settled();
    expect(confirming.isFull).toBe(false);
    void confirming.all({ id: 'last', kind: 'recheck' }, at).catch(() => undefined);
    await settled();
    expect(confirming.isFull).toBe(true);
    confirming.stop();
  });
});
