/**
 * A durable broker on a store of the test's own, with a clock that is turned by hand.
 */
import { type DurableOptions, durableStore } from '../../../src/brokers/durable.ts';
import type {
  Appended,
  Broker,
  BrokerError,
  NewPublication,
  Producer,
} from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { Position, Publication } from '../../../src/wire/index.ts';
import { SortedStore } from './sorted-store.ts';

let made = 0;

/** Differs from every other. */
export function next(more: Partial<NewPublication> = {}): NewPublication {
  made += 1;
  return { id: `id-${made}`, data: made, atMs: 1_700_000_000_000 + made, ...more };
}

export function by(seq: number, more: Partial<Producer> = {}): Producer {
  return { name: 'ann', epoch: 1, seq, hash: `hash-${seq}`, ...more };
}

export interface World {
  readonly broker: Broker;
  readonly store: SortedStore;
  readonly clock: ManualClock;
  readonly troubles: BrokerError[];
  readonly delivered: {
    readonly channel: string;
    readonly epoch: string;
    readonly publication: Publication;
  }[];
  readonly heard: (readonly [string, unknown])[];
  /** Another on the same engine, started. */
  readonly node: () => Promise<Broker>;
  /** As after a crash: another engine on what is on disk. */
  readonly again: (options?: Partial<DurableOptions>) => Promise<World>;
}

export async function open(
  options: Partial<DurableOptions> & { readonly store?: SortedStore } = {},
): Promise<World> {
  const clock = (options.clock as ManualClock | undefined) ?? new ManualClock();
  const store = options.store ?? new SortedStore();
  const troubles: BrokerError[] = [];
  const delivered: World['delivered'] = [];
  const heard: World['heard'] = [];
  const onTrouble = (error: BrokerError): number => troubles.push(error);
  const engine = durableStore({ onTrouble, ...options, store, clock });
  const start = async (): Promise<Broker> => {
    const broker = engine.node();
    await broker.start({
      deliver: (channel, epoch, publication) => delivered.push({ channel, epoch, publication }),
      hear: (topic, message) => heard.push([topic, message]),
    });
    return broker;
  };
  return {
    broker: await start(),
    store,
    clock,
    troubles,
    delivered,
    heard,
    node: start,
    again: (more = {}) => open({ ...options, clock, ...more, store: store.restarted() }),
  };
}

export function placeOf(answer: Appended): Position {
  if (answer.outcome !== 'appended') {
    throw new Error(`not appended: ${JSON.stringify(answer)}`);
  }
  return answer.position;
}

/** Lets everything that waits for nothing but its turn come to its end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    await Promise.resolve();
  }
}

export async function idsOf(broker: Broker, channel: string): Promise<string[]> {
  const { publications } = await broker.log.read(channel, 0, 10_000);
  return publications.map(({ id }) => id);
}
