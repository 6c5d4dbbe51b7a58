/**
 * Producers: what was numbered is in the log once, in the order of its numbers.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import {
  type Appended,
  type AppendOptions,
  BrokerError,
  type NewPublication,
  type Producer,
} from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import { type BrokerWatch, positionOf, publicationsOf } from '../broker-watch.ts';
import { mustBe, mustEqual, mustReject } from '../expect.ts';
import type { Promises } from './case.ts';
import { idOf } from './given.ts';

export const producingPromises: Promises = {
  'supports says what can be': async ({ one }) => {
    const { durability, producerMs, answersKept } = one.broker.supports;
    const strength = ['memory', 'disk', 'replicated', 'quorum'];
    const places = durability.map((name) => strength.indexOf(name));
    mustBe(places.length > 0 && !places.includes(-1), 'one durability at the least');
    mustEqual(
      places,
      [...places].sort((a, b) => a - b),
      'the weakest first',
    );
    mustBe(producerMs > 0, 'a time for records');
    mustBe(answersKept >= 1, 'an answer for the last number at the least');
  },

  'the next number is appended, and the same number again is answered with the first place':
    async ({ one, other }) => {
      const places: Position[] = [];
      for (const seq of [1, 2, 3]) {
        places.push(positionOf(await produce(one, 'again', { seq })));
      }
      for (const node of [one, other]) {
        for (const seq of [1, 2, 3]) {
          const again = await produce(node, 'again', { seq });
          mustEqual(again, duplicateOf(places[seq - 1]!), `number ${seq} again`);
        }
      }
      const { publications } = await one.log.read('again', 0, 10);
      mustEqual(publications.map(idOf), places.map(idOf), 'the log');
    },

  'of concurrent repetitions on two nodes one is appended, and all are answered alike': async ({
    one,
    other,
  }) => {
    await other.log.follow('race');
    for (let seq = 1; seq <= 8; seq += 1) {
      const nodes = [one, other, one, other];
      const answers = await Promise.all(nodes.map((node) => produce(node, 'race', { seq })));
      const places = answers.map(positionOf);
      mustEqual(
        places,
        places.map(() => places[0]),
        'the places',
      );
      const firsts = answers.filter((one) => one.outcome === 'appended' && !one.duplicate);
      mustEqual(firsts.length, 1, 'first appends');
    }
    const { publications } = await one.log.read('race', 0, 100);
    mustEqual(publications.length, 8, 'entries');
    await one.append('race');
    await other.reached('race', 9);
    mustEqual(other.delivered('race').length, 9, 'deliveries');
  },

  'numbers that are in flight at once enter in order': async ({ one }) => {
    const entries = Array.from({ length: 50 }, (_, i) => one.next(i));
    const appends = entries.map((entry, i) => produce(one, 'pipeline', { seq: i + 1 }, entry));
    const outcomes = (await Promise.all(appends)).map(({ outcome }) => outcome);
    mustEqual(
      outcomes,
      entries.map(() => 'appended'),
      'outcomes',
    );
    const { publications } = await one.log.read('pipeline', 0, 100);
    mustEqual(publications.map(idOf), entries.map(idOf), 'the order');
  },

  'what is refused is neither stored nor announced': async ({ one, other }) => {
    await other.log.follow('refused');
    const unknown = { outcome: 'unknown' };
    mustEqual(await produce(one, 'refused', { seq: 2 }), unknown, 'a start with 2');
    const first = positionOf(await produce(one, 'refused', { seq: 1, epoch: 5 }));
    const refusals: readonly (readonly [Numbered, Appended])[] = [
      [
        { seq: 3, epoch: 5 },
        { outcome: 'outOfSequence', last: 1 },
      ],
      [{ seq: 1, epoch: 5, hash: 'other' }, { outcome: 'reused' }],
      [
        { seq: 1, epoch: 4 },
        { outcome: 'fenced', epoch: 5 },
      ],
      [
        { seq: 2, epoch: 4 },
        { outcome: 'fenced', epoch: 5 },
      ],
      [
        { seq: 9, epoch: 4 },
        { outcome: 'fenced', epoch: 5 },
      ],
    ];
    for (const node of [one, other]) {
      for (const [producer, answer] of refusals) {
        mustEqual(await produce(node, 'refused', producer), answer, JSON.stringify(producer));
      }
    }
    const second = positionOf(await produce(other, 'refused', { seq: 2, epoch: 5 }));
    await other.reached('refused', 2);
    const { publications } = await one.log.read('refused', 0, 10);
    mustEqual(publications.map(idOf), [first.id, second.id], 'the log');
    mustEqual(publicationsOf(other.delivered('refused')), publications, 'the announcements');
  },

  'a higher epoch fences the one before from then on, and goes on from the same number': async ({
    one,
    other,
  }) => {
    const first = positionOf(await produce(one, 'fence', { seq: 1, epoch: 1 }));
    const adopted = await produce(other, 'fence', { seq: 1, epoch: 2 });
    mustEqual(adopted, duplicateOf(first), 'the first number, again by the new holder');
    const fenced = { outcome: 'fenced', epoch: 2 };
    mustEqual(await produce(one, 'fence', { seq: 2, epoch: 1 }), fenced, 'the holder before');
    const ahead = await produce(other, 'fence', { seq: 5, epoch: 3 });
    mustEqual(ahead, { outcome: 'outOfSequence', last: 1 }, 'a third holder that is ahead');
    const still = await produce(other, 'fence', { seq: 2, epoch: 2 });
    mustEqual(still, { outcome: 'fenced', epoch: 3 }, 'the second holder then');
    mustEqual((await produce(one, 'fence', { seq: 2, epoch: 3 })).outcome, 'appended', 'the next');
  },

  'a numbering may begin beyond what was given up, and what comes late of the one before does not enter':
    async ({ one, other }) => {
      const sent = { seq: 1, epoch: 1 };
      positionOf(await produce(one, 'anew', sent));
      const begun = { first: 5, epoch: 2 };
      const behind = { outcome: 'outOfSequence', last: 1 };
      mustEqual(
        await produce(other, 'anew', { ...begun, seq: 6 }),
        behind,
        'its second, too early',
      );
      const fifth = positionOf(await produce(other, 'anew', { ...begun, seq: 5 }));
      for (const node of [one, other]) {
        const again = await produce(node, 'anew', { ...begun, seq: 5 });
        mustEqual(again, duplicateOf(fifth), 'its first, again');
        for (const seq of [1, 2]) {
          const late = await produce(node, 'anew', { ...sent, seq });
          mustEqual(late, { outcome: 'fenced', epoch: 2 }, `the late ${seq}`);
        }
        const between = await produce(node, 'anew', { ...begun, seq: 3 });
        mustEqual(between, { outcome: 'unknown' }, 'one that was given up');
      }
      const sixth = positionOf(await produce(one, 'anew', { ...begun, seq: 6 }));
      // Nothing is known of this one: to an engine that forgot everything it is the same.
      const name = 'forgotten';
      const unknown = await produce(one, 'anew', { ...begun, name, seq: 6 });
      mustEqual(unknown, { outcome: 'unknown' }, 'not the first');
      const lives = positionOf(await produce(one, 'anew', { ...begun, name, seq: 5 }));
      const late = await produce(other, 'anew', { ...sent, name });
      mustEqual(late, { outcome: 'fenced', epoch: 2 }, 'a late first');
      const { publications } = await one.log.read('anew', 0, 10);
      const ids = [fifth.id, sixth.id, lives.id];
      mustEqual(publications.slice(1).map(idOf), ids, 'the log');
    },

  'each producer counts for itself in each channel': async ({ one }) => {
    for (const [channel, name] of [
      ['own', 'ada'],
      ['own', 'ada:1'],
      ['own:ada', '1'],
      ['own', 'Ada'],
      ['own2', 'ada'],
      ['own', 'x'.repeat(127)],
      ['own', 'x'.repeat(128)],
    ] as const) {
      const answer = await produce(one, channel, { name, seq: 1 });
      mustEqual(answer.outcome === 'appended' && answer.duplicate, false, `${channel}, ${name}`);
      mustEqual((await produce(one, channel, { name, seq: 2 })).outcome, 'appended', 'the next');
    }
  },

  'the latest answers are kept, as many as supports says, while entries are trimmed': async ({
    one,
    other,
    engine,
  }) => {
    const { answersKept } = one.broker.supports;
    const count = Math.max(answersKept, engine.trimmedAfter) + 1;
    const places: Position[] = [];
    while (places.length < count) {
      const batch = Array.from({ length: Math.min(50, count - places.length) }, (_, i) =>
        produce(one, 'answers', { seq: places.length + i + 1 }),
      );
      places.push(...(await Promise.all(batch)).map(positionOf));
    }
    const oldest = count - answersKept + 1;
    for (const seq of [oldest, count]) {
      const answer = await produce(other, 'answers', { seq });
      mustEqual(answer, duplicateOf(places[seq - 1]!), `the answer for ${seq} of ${count}`);
    }
    // One that is not kept any more is unknown; an engine may keep more than it says.
    const first = await produce(other, 'answers', { seq: 1 });
    if (first.outcome !== 'unknown') {
      mustEqual(first, duplicateOf(places[0]!), 'the first number');
    }
    const { top } = await one.log.read('answers', 0, 1);
    mustEqual(top.id, places.at(-1)!.id, 'the top');
  },

  'a durability that is not supported rejects, and stores nothing': async ({ one }) => {
    const { durability } = one.broker.supports;
    for (const asked of ['memory', 'disk', 'replicated', 'quorum'] as const) {
      const options = { durability: asked };
      if (durability.includes(asked)) {
        await one.append(asked, one.next(), options);
      } else {
        const error = await mustReject(one.log.append(asked, one.next(), options), asked);
        mustBe(error instanceof BrokerError, 'a BrokerError');
        mustEqual((error as BrokerError).code, 'DURABILITY_UNSUPPORTED', 'the code');
        mustEqual((await one.log.read(asked, 0, 1)).publications, [], 'the log');
      }
    }
  },
};

type Numbered = Partial<Producer> & { readonly seq: number };

/** Appends for a producer that is called p, of epoch 1, with a hash that says the number. */
export function produce(
  node: BrokerWatch,
  channel: string,
  producer: Numbered,
  publication: NewPublication = node.next(),
  more: AppendOptions = {},
): Promise<Appended> {
  const full = { name: 'p', epoch: 1, hash: `hash ${producer.seq}`, ...producer };
  return node.log.append(channel, publication, { ...more, producer: full });
}

export function duplicateOf(position: Position): Appended {
  return { outcome: 'appended', position, duplicate: true };
}
