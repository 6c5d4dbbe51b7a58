/**
 * Lives of a writing process, each ended by SIGKILL, and what is to be true after each.
 * In: a folder, and when to kill. Out: what was acknowledged. Fails: with what was lost, doubled, or out of its place.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ClassicLevel } from 'classic-level';
import { expect } from 'vitest';
import { durable } from '../../src/brokers/durable.ts';
import { systemClock } from '../../src/endpoint/clock.ts';
import type { Appended, Broker, BrokerError } from '../../src/ports/index.ts';
import type { Link, Position, Publication } from '../../src/wire/index.ts';

const writer = fileURLToPath(new URL('writer.mjs', import.meta.url));

export interface Said {
  readonly channel: string;
  readonly producer: string;
  readonly seq: number;
  readonly answer: Appended;
}

/** Numbers that were acknowledged and are sent again in the next life. */
const sentAgain = 5;

export class Lives {
  readonly folder: string;
  acknowledged = 0;
  duplicates = 0;
  /** Stored, but killed before anybody was told. */
  unheard = 0;
  /** Lives that came as far as appending. */
  fruitful = 0;
  private readonly last = new Map([
    ['ann1', 0],
    ['bob1', 0],
    ['cy2', 0],
  ]);
  /** What was acknowledged: where it stands. */
  private readonly places = new Map<string, Position>();
  /** Of these, those that were not looked for yet. */
  private readonly fresh = new Map<string, Link>();
  /** What was found in the logs, each once. */
  private readonly found = new Map<string, Link>();
  private readonly tops = new Map<string, Link>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @param killAfterMs From when it is ready on; undefined: before that. */
  async live(killAfterMs: number | undefined, killBeforeMs: number): Promise<void> {
    const begins = Object.fromEntries(
      Array.from(this.last, ([name, last]) => [name, Math.max(1, last - sentAgain + 1)]),
    );
    const child = spawn(process.execPath, [writer, this.folder, JSON.stringify(begins)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const timer = killAfterMs === undefined ? killLater(child, killBeforeMs) : undefined;
    const said: Said[] = [];
    for await (const line of createInterface(child.stdout)) {
      const what = JSON.parse(line);
      if (what.ready === true) {
        if (killAfterMs !== undefined) {
          killLater(child, killAfterMs);
        }
      } else {
        said.push(what as Said);
      }
    }
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
    expect(child.signalCode).toBe('SIGKILL');
    this.fruitful += said.length > 0 ? 1 : 0;
    for (const each of said) {
      this.acknowledge(each);
    }
  }

  private acknowledge({ channel, producer, seq, answer }: Said): void {
    const name = `${channel}/${producer}/${seq}`;
    if (answer.outcome !== 'appended') {
      throw new Error(`${name}: ${JSON.stringify(answer)}`);
    }
    const before = this.places.get(name);
    if (before !== undefined) {
      // Sent again: it has the place that it had.
      expect({ name, ...answer }).toEqual({
        name,
        outcome: 'appended',
        position: before,
        duplicate: true,
      });
      this.duplicates += 1;
      return;
    }
    this.acknowledged += 1;
    this.unheard += answer.duplicate ? 1 : 0;
    this.places.set(name, answer.position);
    this.fresh.set(name, { offset: answer.position.offset, id: answer.position.id });
    this.last.set(producer, Math.max(seq, this.last.get(producer)!));
  }

  /** Opens the store and reads what has come since the last look. */
  async look(): Promise<void> {
    await withBroker(this.folder, async (broker, troubles) => {
      for (const channel of ['one', 'two']) {
        await this.lookAt(broker, channel);
      }
      expect(troubles).toEqual([]);
    });
    for (const [name, place] of this.fresh) {
      expect({ name, ...this.found.get(name) }).toEqual({ name, ...place });
    }
    this.fresh.clear();
  }

  private async lookAt(broker: Broker, channel: string): Promise<void> {
    let last = this.tops.get(channel) ?? { offset: 0, id: '' };
    for await (const { offset, id, prev, data } of entriesOf(broker, channel, last.offset + 1)) {
      expect(prev).toEqual(last);
      last = { offset, id };
      const { producer, seq } = data as { producer: string; seq: number };
      const name = `${channel}/${producer}/${seq}`;
      expect(this.found.has(name)).toBe(false);
      this.found.set(name, last);
    }
    const { top } = await broker.log.latest(channel, 1);
    expect(top).toEqual(last);
    this.tops.set(channel, last);
  }

  /** All that was acknowledged, from the beginning. */
  async lookAtAll(): Promise<void> {
    this.tops.clear();
    this.found.clear();
    for (const [name, { offset, id }] of this.places) {
      this.fresh.set(name, { offset, id });
    }
    await this.look();
  }
}

function killLater(child: ChildProcess, afterMs: number): NodeJS.Timeout {
  return setTimeout(() => child.kill('SIGKILL'), afterMs);
}

export async function* entriesOf(
  broker: Broker,
  channel: string,
  from: number,
): AsyncGenerator<Publication> {
  let next = from;
  for (;;) {
    const { publications } = await broker.log.read(channel, next, 1_000);
    yield* publications;
    if (publications.length === 0) {
      return;
    }
    next = publications.at(-1)!.offset + 1;
  }
}

/** A broker on the store in this folder, for as long as the work takes. */
export async function withBroker<Value>(
  folder: string,
  work: (broker: Broker, troubles: readonly BrokerError[]) => Promise<Value>,
): Promise<Value> {
  const troubles: BrokerError[] = [];
  const store = new ClassicLevel(folder);
  const broker = durable({
    store,
    clock: systemClock,
    maxEntries: Number.POSITIVE_INFINITY,
    maxBytes: Number.POSITIVE_INFINITY,
    onTrouble: (error) => troubles.push(error),
  });
  await broker.start({ deliver: () => {}, hear: () => {} });
  try {
    return await work(broker, troubles);
  } finally {
    await broker.stop();
    await store.close();
  }
}
