/**
 * What is measured. Each scenario runs against one subject and gives one figure, lower is better.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { exchangeOf, openRaw, type RawClient } from './raw-client.ts';
import type { Subject } from './subject.ts';

export interface Figure {
  readonly value: number;
  /** What happened per second, to judge whether the run was a real load. */
  readonly perSecond: number | undefined;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** What ours divided by the peer's should be at the most. */
  readonly atMost: number | undefined;
  run(subject: Subject, seconds: number): Promise<Figure>;
}

const warmMs = 700;

async function openMany(
  subject: Subject,
  path: string,
  count: number,
  expected: Buffer,
): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i += 100) {
    const some = Array.from({ length: Math.min(100, count - i) }, () =>
      openRaw(subject.port, path, expected),
    );
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

function repeat(frame: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => frame));
}

function closeAll(clients: readonly RawClient[]): void {
  for (const { socket } of clients) {
    // A reset leaves no port behind that has to rest before it is used again.
    socket.resetAndDestroy();
  }
}

/** CPU of the server per happening, over `seconds`, after a time to warm up. */
async function cpuPer(subject: Subject, seconds: number, count: () => number): Promise<Figure> {
  await sleep(warmMs);
  const before = await subject.usage();
  const countBefore = count();
  const startMs = performance.now();
  await sleep(seconds * 1000);
  const happened = count() - countBefore;
  const tookMs = performance.now() - startMs;
  const after = await subject.usage();
  return {
    value: (after.cpuUs - before.cpuUs) / happened,
    perSecond: (happened / tookMs) * 1000,
  };
}

function echo(
  { bytes, connections, inFlight }: { bytes: number; connections: number; inFlight: number },
  atMost: number | undefined,
): Scenario {
  return {
    id: `echo-${bytes}-${inFlight}`,
    title: `echo, ${connections} connections, ${bytes} B, ${inFlight} in flight`,
    unit: 'µs CPU per message',
    atMost,
    async run(subject, seconds) {
      const { sent, received } = exchangeOf(bytes);
      const clients = await openMany(subject, '/', connections, received);
      const batches = Array.from({ length: inFlight + 1 }, (_, n) => repeat(sent, n));
      let messages = 0;
      for (const client of clients) {
        client.onFrames = (count) => {
          messages += count;
          client.socket.write(batches[count]!);
        };
        client.socket.write(batches[inFlight]!);
      }
      const figure = await cpuPer(subject, seconds, () => messages);
      closeAll(clients);
      return figure;
    },
  };
}

function fanOut(
  { subscribers, outstanding }: { subscribers: number; outstanding: number },
  atMost: number | undefined,
): Scenario {
  return {
    id: `fan-out-${subscribers}-${outstanding}`,
    title: `fan-out to ${subscribers}, 64 B, ${outstanding} outstanding`,
    unit: 'µs CPU per delivery',
    atMost,
    async run(subject, seconds) {
      const { sent, received } = exchangeOf(64);
      const clients = await openMany(subject, '/sub', subscribers, received);
      const [publisher] = await openMany(subject, '/pub', 1, received);
      let deliveries = 0;
      let rounds = 0;
      for (const client of clients) {
        client.onFrames = (count) => {
          deliveries += count;
          const done = Math.floor(deliveries / subscribers);
          if (done > rounds) {
            publisher!.socket.write(repeat(sent, done - rounds));
            rounds = done;
          }
        };
      }
      publisher!.socket.write(repeat(sent, outstanding));
      const figure = await cpuPer(subject, seconds, () => deliveries);
      closeAll([...clients, publisher!]);
      return figure;
    },
  };
}

const handshakes: Scenario = {
  id: 'handshakes',
  title: 'handshakes, 50 at a time',
  unit: 'µs CPU per handshake',
  atMost: undefined,
  async run(subject, seconds) {
    const { received } = exchangeOf(20);
    let done = 0;
    let isOver = false;
    const again = async (): Promise<void> => {
      while (!isOver) {
        const { socket } = await openRaw(subject.port, '/', received);
        socket.resetAndDestroy();
        done += 1;
      }
    };
    const workers = Array.from({ length: 50 }, again);
    const figure = await cpuPer(subject, seconds, () => done);
    isOver = true;
    await Promise.all(workers);
    return figure;
  },
};

/** Many, so that how far the heap happened to grow weighs little. */
const idleConnections = 10_000;
const idle: Scenario = {
  id: 'idle',
  title: `memory, ${idleConnections} idle connections`,
  unit: 'KiB resident per connection',
  atMost: 1.1,
  async run(subject) {
    const { received } = exchangeOf(20);
    const before = await subject.usage();
    const clients = await openMany(subject, '/', idleConnections, received);
    await sleep(1500);
    const after = await subject.usage();
    closeAll(clients);
    const value = (after.residentBytes - before.residentBytes) / 1024 / idleConnections;
    return { value, perSecond: undefined };
  },
};

export const scenarios: readonly Scenario[] = [
  echo({ bytes: 20, connections: 100, inFlight: 1 }, 0.95),
  echo({ bytes: 20, connections: 100, inFlight: 16 }, 0.15),
  fanOut({ subscribers: 1000, outstanding: 1 }, undefined),
  fanOut({ subscribers: 1000, outstanding: 16 }, undefined),
  handshakes,
  idle,
];
