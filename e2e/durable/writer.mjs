/**
 * A process that appends with several producers until it is killed, and says of each append what became of it. What it is given: the folder of the
 * store, and for each producer the number from which on it sends (again).
 */
import { writeSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { durable } from 'tautline/brokers/durable';

const [folder, begins] = process.argv.slice(2);
const store = new ClassicLevel(folder);
// Of its own: to load sockets would take longer than many of these lives last.
const clock = { nowMs: () => performance.now(), wallMs: Date.now, after: () => () => {} };
const options = { maxEntries: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };
const broker = durable({ store, clock, ...options });
await broker.start({ deliver: () => {}, hear: () => {} });
say({ ready: true });

/** Numbers that one producer has under way at once. */
const window = 8;

for (const [producer, from] of Object.entries(JSON.parse(begins))) {
  let next = from;
  const channel = producer.endsWith('1') ? 'one' : 'two';
  const work = async () => {
    for (;;) {
      const seq = next;
      next += 1;
      const publication = {
        // Another each time, as a hub would make it: who sends again does not know the first.
        id: `${producer}-${seq}-${process.pid}`,
        data: { producer, seq, text: 'x'.repeat((seq * 37) % 500) },
        atMs: seq,
        ...(seq % 3 === 0 ? { key: `key-${seq % 7}` } : {}),
      };
      const numbered = { producer: { name: producer, epoch: 1, seq, hash: String(seq) } };
      const answer = await broker.log.append(channel, publication, numbered);
      say({ channel, producer, seq, answer });
    }
  };
  for (let i = 0; i < window; i += 1) {
    void work();
  }
}

/** At once: what was said before a signal has been said. */
function say(what) {
  writeSync(1, `${JSON.stringify(what)}\n`);
}
