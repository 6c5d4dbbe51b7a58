/**
 * What is measured. Each scenario runs against one subject at a time and gives one figure; lower is better.
 */
import { files } from './build.ts';
import { greetings } from './payloads.ts';
import type { Needs, SubjectName } from './subjects.ts';

/** What ours divided by the peer's should be at the most. */
export type Aims = Partial<Record<SubjectName, number>>;

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Whose figure is divided by whose. */
  readonly ours: readonly SubjectName[];
  readonly peer: SubjectName;
  /** Shown beside them. */
  readonly others: readonly SubjectName[];
  readonly aims: Aims;
  readonly needs: Needs;
  /** Takes long to set up, or has no aim: as few rounds as can be judged. */
  readonly isBrief: boolean;
  /** Arguments of the load, besides where and how long. */
  load(subject: SubjectName): readonly string[];
  /** The same on a small scale, for a run that only shows that it works; undefined where another scenario does. */
  readonly once: readonly string[] | undefined;
}

const besideWs = {
  ours: ['tautline', 'handle'],
  peer: 'ws',
  others: ['bun', 'raw'],
  needs: {},
  isBrief: false,
} as const;

interface Echo {
  readonly bytes: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly aims: Aims;
  readonly isInOnce?: boolean;
}

function echo({ bytes, connections, inFlight, aims, isInOnce = false }: Echo): Scenario {
  return {
    ...besideWs,
    id: `echo-${bytes}-${inFlight}`,
    title: `echo, ${connections} connections, ${size(bytes)}, ${inFlight} in flight`,
    unit: 'µs per message',
    aims,
    isBrief: Object.keys(aims).length === 0,
    load: () => pairs({ mode: 'echo', bytes, connections, 'in-flight': inFlight }),
    once: isInOnce ? [] : undefined,
  };
}

function echoOverTls(inFlight: number): Scenario {
  return {
    ...echo({ bytes: 20, connections: 100, inFlight, aims: {} }),
    id: `tls-echo-20-${inFlight}`,
    title: `echo over TLS, 100 connections, 20 B, ${inFlight} in flight`,
    needs: { tls: true },
    load: () => [...pairs({ mode: 'echo', connections: 100, 'in-flight': inFlight }), '--tls'],
    once: inFlight === 1 ? pairs({ connections: 10 }) : undefined,
  };
}

const compressed: Scenario = {
  ...echo({ bytes: 300, connections: 100, inFlight: 1, aims: { tautline: 0.15, handle: 0.1 } }),
  id: 'compressed-300',
  title: 'echo, 100 connections, 300 B, compressed',
  needs: { deflate: true },
  load: () => [...pairs({ mode: 'echo', connections: 100, payload: files.deflated }), '--deflate'],
  once: [],
};

function fanOut(connections: number, inFlight: number): Scenario {
  const aims = inFlight === 1 ? { tautline: 0.88, handle: 0.8 } : { tautline: 0.08, handle: 0.07 };
  return {
    ...besideWs,
    id: `fan-out-${connections}-${inFlight}`,
    title: `one to ${connections.toLocaleString('en')}, 64 B, ${inFlight} outstanding`,
    unit: 'µs per delivery',
    aims,
    isBrief: connections > 1000,
    load: () =>
      pairs({ mode: 'fan-out', path: '/sub', bytes: 64, connections, 'in-flight': inFlight }),
    once: connections === 100 && inFlight === 16 ? [] : undefined,
  };
}

const chat: Scenario = {
  ...besideWs,
  id: 'chat-100',
  title: 'chat, 100 all to all, 20 B',
  unit: 'µs per delivery',
  aims: { tautline: 0.05, handle: 0.04 },
  load: () => pairs({ mode: 'chat', path: '/chat', bytes: 20, connections: 100 }),
  once: pairs({ connections: 20 }),
};

const handshakes: Scenario = {
  ...besideWs,
  id: 'handshakes',
  title: 'handshakes, 50 at a time',
  unit: 'µs per handshake',
  aims: { tautline: 0.85, handle: 0.5 },
  load: () => pairs({ mode: 'handshakes', connections: 50 }),
  once: [],
};

/** Many, so that how far the heap happened to grow weighs little. */
const idle: Scenario = {
  ...besideWs,
  id: 'idle-10000',
  title: 'memory, 10,000 idle connections',
  unit: 'KiB per connection',
  aims: { tautline: 1, handle: 0.4 },
  isBrief: true,
  load: () => pairs({ mode: 'idle', connections: 10_000 }),
  once: pairs({ connections: 200 }),
};

/** The hub's publication is a message of about 180 bytes, so that is what the bare endpoint sends. */
const hub: Scenario = {
  id: 'hub-1000',
  title: 'one to 1,000 through the hub, beside the bare endpoint',
  unit: 'µs per delivery',
  ours: ['hub'],
  peer: 'tautline',
  others: [],
  aims: { hub: 1.15 },
  needs: {},
  isBrief: false,
  load: (subject) =>
    subject === 'hub'
      ? [
          ...pairs({ mode: 'fan-out', path: '/sub', connections: 1000, payload: files.publish }),
          ...pairs({ subprotocol: 'tautline.v1.json' }),
          ...greetings.flatMap((greeting) => ['--greet', greeting]),
          '--text',
          '--any-size',
        ]
      : [...pairs({ mode: 'fan-out', path: '/sub', connections: 1000, bytes: 180 }), '--text'],
  once: pairs({ connections: 50 }),
};

export const scenarios: readonly Scenario[] = [
  echo({
    bytes: 20,
    connections: 100,
    inFlight: 1,
    aims: { tautline: 0.9, handle: 0.72 },
    isInOnce: true,
  }),
  echo({ bytes: 20, connections: 100, inFlight: 16, aims: { tautline: 0.12, handle: 0.09 } }),
  echo({ bytes: 1024, connections: 100, inFlight: 1, aims: { tautline: 0.92, handle: 0.74 } }),
  echo({ bytes: 1024, connections: 100, inFlight: 16, aims: {} }),
  echo({ bytes: 16_384, connections: 50, inFlight: 1, aims: { tautline: 1, handle: 0.8 } }),
  echo({ bytes: 16_384, connections: 50, inFlight: 16, aims: {} }),
  echo({ bytes: 1_048_576, connections: 10, inFlight: 1, aims: { tautline: 1, handle: 0.6 } }),
  echo({ bytes: 1_048_576, connections: 10, inFlight: 16, aims: {} }),
  compressed,
  echoOverTls(1),
  echoOverTls(16),
  ...[100, 1000, 5000].flatMap((count) => [fanOut(count, 1), fanOut(count, 16)]),
  chat,
  handshakes,
  idle,
  hub,
];

function pairs(options: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
}

function size(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  return bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`;
}
