/**
 * What the ports ask of an engine, as questions to two nodes on one real server: the hard parts only, each a few lines. The whole of it
 * is testing/broker-suite.
 * In: how to open a node. Out: each question by its name. Fails: with the assertion that did not hold.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Ears, NewPublication } from '../src/ports/index.ts';
import type { Link, Publication } from '../src/wire/index.ts';

/** One node, as far as an engine makes it. */
export type Node = Pick<Broker, 'log' | 'claims' | 'bus' | 'stop'>;
export type Open = (ears: Ears) => Promise<Node>;

/** How many entries of a channel the probes keep at the least, and of how many numbers the answers. */
export const retained = 50;
export const answersKept = 20;

interface Heard {
  readonly publications: Publication[];
  readonly messages: unknown[];
}
interface Pair {
  readonly one: Node;
  readonly other: Node;
  /** What `other` was told. */
  readonly heard: Heard;
  readonly open: Open;
}

export const questions: Readonly<Record<string, (pair: Pair) => Promise<void>>> = {
  async 'appends from two nodes make one chain, and all of it is delivered'({ one, other, heard }) {
    await other.log.follow('chain');
    const answers = await Promise.all(
      range(40).map((n) => [one, other][n % 2]!.log.append('chain', publication(`chain-${n}`))),
    );
    const { publications, top } = await other.log.read('chain', 0, 100);
    assert.equal(publications.length, 40);
    assertChain({ offset: 0, id: '' }, publications);
    assert.deepEqual(top, link(publications.at(-1)!));
    for (const [n, answer] of answers.entries()) {
      const found = publications.find(({ id }) => id === `chain-${n}`)!;
      assert.deepEqual(answer.outcome === 'appended' && answer.position.offset, found.offset);
    }
    await until(() => heard.publications.length === 40);
    assertChain({ offset: 0, id: '' }, heard.publications);
    await other.log.unfollow('chain');
  },

  async 'a repetition is appended once, whichever node it reaches'({ one, other }) {
    for (const seq of range(5).map((n) => n + 1)) {
      const producer = { name: 'ada/1', epoch: 1, seq, hash: `hash ${seq}` };
      const both = await Promise.all(
        [one, other].map(({ log }, n) =>
          log.append('twice', publication(`twice-${seq}-${n}`), { producer }),
        ),
      );
      const [first, second] = both.map((answer) => {
        assert.equal(answer.outcome, 'appended');
        return answer.outcome === 'appended' ? answer : undefined;
      });
      assert.deepEqual(first!.position, second!.position);
      assert.equal(Number(first!.duplicate) + Number(second!.duplicate), 1);
    }
    assert.equal((await one.log.read('twice', 0, 100)).publications.length, 5);
  },

  async 'only the next number of the latest holder enters'({ one, other }) {
    let made = 0;
    const say = (node: Node, name: string, epoch: number, seq: number, hash = `hash ${seq}`) => {
      made += 1;
      const producer = { name, epoch, seq, hash };
      return node.log.append('numbers', publication(`numbers-${made}`), { producer });
    };
    assert.equal((await say(one, 'bob', 1, 1)).outcome, 'appended');
    assert.deepEqual(await say(other, 'bob', 1, 3), { outcome: 'outOfSequence', last: 1 });
    assert.deepEqual(await say(other, 'bob', 1, 1, 'other'), { outcome: 'reused' });
    assert.equal((await say(other, 'bob', 2, 2)).outcome, 'appended');
    assert.deepEqual(await say(one, 'bob', 1, 3), { outcome: 'fenced', epoch: 2 });
    assert.deepEqual(await say(one, 'eve', 1, 7), { outcome: 'unknown' });
    for (const seq of range(answersKept).map((n) => n + 3)) {
      assert.equal((await say(one, 'bob', 2, seq)).outcome, 'appended');
    }
    assert.deepEqual(await say(other, 'bob', 2, 2), { outcome: 'unknown' });
  },

  async 'of rivals that expect the same of a key one is appended'({ one, other }) {
    const expect = { offset: 0, id: '' };
    const answers = await Promise.all(
      range(10).map((n) =>
        [one, other][n % 2]!.log.append('key', publication(`key-${n}`, 'door'), { expect }),
      ),
    );
    const won = answers.filter(({ outcome }) => outcome === 'appended');
    assert.equal(won.length, 1);
    const [key] = (await one.log.values('key', 0, 10)).publications;
    assert.deepEqual(
      answers.filter(({ outcome }) => outcome !== 'appended'),
      range(9).map(() => ({ outcome: 'conflict', at: link(key!) })),
    );
    const next = publication('key-next', 'door');
    assert.equal((await other.log.append('key', next, { expect: link(key!) })).outcome, 'appended');
  },

  async 'a page begins with the entry that was named, and latest ends with the top'({
    one,
    other,
  }) {
    for (const n of range(6)) {
      await one.log.append('page', publication(`page-${n}`));
    }
    const all = (await other.log.read('page', 0, 100)).publications;
    const { publications } = await other.log.read('page', all[2]!.offset, 3);
    assert.deepEqual(publications, all.slice(2, 5));
    assert.deepEqual((await other.log.latest('page', 2)).publications, all.slice(4));
    assert.deepEqual((await other.log.read('page', all[5]!.offset + 1, 3)).publications, []);
  },

  async 'keys and producers outlive the entries, for a node that has just come too'(pair) {
    const { one, open } = pair;
    const producer = { name: 'old', epoch: 1, seq: 1, hash: 'hash' };
    const first = await one.log.append('state', publication('state-a', 'a'), { producer });
    await one.log.append('state', publication('state-b', 'b'));
    await one.log.append('state', { ...publication('state-c', 'b'), data: null, removed: true });
    for (const n of range(retained * 2)) {
      await one.log.append('state', publication(`state-${n}`, 'busy', 'x'.repeat(4_000)));
    }
    const cold = await open({ deliver() {}, hear() {} });
    try {
      const page = await cold.log.read('state', 0, 1_000);
      assert.ok(page.publications.length >= retained, 'too much was trimmed');
      assert.ok(page.publications[0]!.prev.offset > 0, 'nothing was trimmed');
      assertChain(page.publications[0]!.prev, page.publications);
      const state = await cold.log.values('state', 0, 10);
      assert.deepEqual(
        state.publications.map(({ id }) => id),
        ['state-a', 'state-c', `state-${retained * 2 - 1}`],
      );
      assert.deepEqual(state.top, page.top);
      const { publications, more } = await cold.log.values('state', 0, 1);
      assert.deepEqual([publications.length, more], [1, true]);
      const again = await cold.log.append('state', publication('state-again', 'a'), { producer });
      assert.deepEqual(again, { ...first, duplicate: true });
    } finally {
      await cold.stop();
    }
  },

  async 'tops name what changed since the mark'({ one, other }) {
    await other.log.follow('top-one');
    await other.log.follow('top-two');
    await one.log.append('top-one', publication('top-1'));
    await one.log.append('top-two', publication('top-2'));
    const before = await other.log.tops();
    assert.deepEqual(before.tops.map(({ top }) => top.id).sort(), ['top-1', 'top-2']);
    await one.log.append('top-two', publication('top-3'));
    const after = await other.log.tops(before.mark);
    assert.equal(after.tops.find(({ channel }) => channel === 'top-two')!.top.id, 'top-3');
  },

  async 'of rivals for a claim one holds it, until it lets go or its lease ends'({ one, other }) {
    const put = (node: Node, value: string, expect: string | undefined, leaseMs = 60_000) =>
      node.claims.put('call', value, { expect, leaseMs });
    const puts = await Promise.all(
      range(10).map((n) => put([one, other][n % 2]!, `rival ${n}`, undefined)),
    );
    const won = puts.filter(({ done }) => done);
    assert.equal(won.length, 1);
    const held = (await other.claims.get('call'))!;
    assert.deepEqual(won[0], { done: true, revision: held.revision });
    assert.deepEqual(await put(other, 'late', 'nothing'), { done: false, found: held });
    const changed = await put(other, 'mine', held.revision, 600);
    assert.ok(changed.done && changed.revision !== held.revision, 'another revision');
    assert.equal(await one.claims.release('call', held.revision), false);
    for (const _ of range(3)) {
      await sleep(300);
      assert.equal(await other.claims.renew('call', changed.revision, 600), true);
    }
    assert.equal((await one.claims.get('call'))?.value, 'mine');
    await until(async () => (await one.claims.get('call')) === undefined);
    assert.equal(await other.claims.renew('call', changed.revision, 600), false);
    const taken = await put(one, 'taken', undefined);
    assert.ok(taken.done, 'what has ended is free');
    assert.equal(await other.claims.release('call', taken.revision), true);
    assert.equal(await one.claims.release('call', taken.revision), false);
  },

  async 'what is sent on the bus is heard in order from when it is followed'({
    one,
    other,
    heard,
  }) {
    await other.bus.follow('topic');
    for (const n of range(20)) {
      await one.bus.send('topic', { n });
      await one.bus.send('elsewhere', { n });
    }
    await until(() => heard.messages.length === 20);
    assert.deepEqual(
      heard.messages,
      range(20).map((n) => ['topic', { n }]),
    );
    await other.bus.unfollow('topic');
    await one.bus.send('topic', 'nobody');
    await sleep(100);
    assert.equal(heard.messages.length, 20);
  },
};

/** Asks one question of two nodes that have just come. */
export async function ask(name: string, open: Open): Promise<void> {
  const heard: Heard = { publications: [], messages: [] };
  const one = await open({ deliver() {}, hear() {} });
  const other = await open({
    deliver: (_channel, _epoch, entry) => heard.publications.push(entry),
    hear: (topic, message) => heard.messages.push([topic, message]),
  });
  try {
    await questions[name]!({ one, other, heard, open });
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
}

function publication(id: string, key?: string, data: unknown = { id }): NewPublication {
  return { id, data, atMs: 0, ...(key === undefined ? {} : { key }) };
}

function link({ offset, id }: Link): Link {
  return { offset, id };
}

function assertChain(from: Link, publications: readonly Publication[]): void {
  let last = from;
  for (const entry of publications) {
    assert.deepEqual(entry.prev, last);
    assert.ok(entry.offset > last.offset, 'offsets grow');
    last = link(entry);
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}

/** The engine is a process of its own: its clock cannot be turned. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < endMs, 'it did not come within 10 s');
    await sleep(10);
  }
}
