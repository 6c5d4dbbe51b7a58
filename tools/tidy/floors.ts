/**
 * The plan of the house as data: which room may import which, and what it knows of the world.
 * In: a path. Out: the room that it stands in. The picture of this table is in ARCHITECTURE.md.
 */

export interface Room {
  /** Its folder under src. */
  readonly name: string;
  /** Rooms below that it may enter. */
  readonly mayImport: readonly string[];
  /** Rooms of which it may import types only. */
  readonly typesOnly?: readonly string[];
  /** False: it runs unchanged in browsers, Node, Bun, Deno and workers. */
  readonly knowsNode: boolean;
  /** Packages of npm that are what the room is for, each a peer dependency. */
  readonly npm?: readonly string[];
  /** The one file of a room without Node where time and chance may come in. */
  readonly clock?: string;
}

export const rooms: readonly Room[] = [
  { name: 'ground', mayImport: [], knowsNode: false },
  { name: 'errors', mayImport: [], knowsNode: false },
  { name: 'protocol', mayImport: ['ground'], knowsNode: false },
  { name: 'wire', mayImport: ['ground'], knowsNode: false },
  { name: 'contract', mayImport: ['ground'], knowsNode: false },
  { name: 'ports', mayImport: ['wire', 'ground'], knowsNode: false },
  { name: 'endpoint', mayImport: ['protocol', 'ground'], knowsNode: true },
  { name: 'hub', mayImport: ['ports', 'wire', 'contract', 'ground'], knowsNode: false },
  {
    name: 'auth',
    mayImport: ['ports', 'wire', 'ground'],
    knowsNode: false,
    clock: 'src/auth/clock.ts',
  },
  { name: 'gateways', mayImport: ['ports', 'wire', 'ground'], knowsNode: false },
  {
    name: 'brokers',
    mayImport: ['ports', 'wire', 'ground'],
    knowsNode: false,
    clock: 'src/brokers/memory/clock.ts',
  },
  {
    name: 'client',
    mayImport: ['wire', 'ground'],
    knowsNode: false,
    clock: 'src/client/clock.ts',
  },
  { name: 'testing', mayImport: ['ports', 'wire', 'ground'], knowsNode: false },
  { name: 'transports', mayImport: ['endpoint', 'ports', 'ground'], knowsNode: true },
  { name: 'ws', mayImport: ['endpoint', 'protocol', 'ground'], knowsNode: true },
  { name: 'browser-shape', mayImport: ['endpoint'], knowsNode: true },
  { name: 'dashboard', mayImport: ['ports', 'client', 'wire'], knowsNode: false },
  {
    name: 'server',
    mayImport: [
      'ground',
      'protocol',
      'wire',
      'contract',
      'ports',
      'endpoint',
      'hub',
      'gateways',
      'brokers',
      'transports',
      'dashboard',
    ],
    knowsNode: true,
  },
  {
    name: 'testbed',
    mayImport: ['testing', 'hub', 'gateways', 'brokers', 'client', 'ports', 'ground'],
    knowsNode: false,
  },
  { name: 'client/node', mayImport: ['client', 'endpoint'], knowsNode: true },
  // Of a contract it takes how to validate, for those who pass one in; schemas come with that.
  { name: 'client/app', mayImport: ['client', 'contract', 'wire', 'ground'], knowsNode: false },
  {
    name: 'client/react',
    mayImport: ['client/app', 'client', 'contract'],
    typesOnly: ['client', 'contract'],
    // Hooks are React's, and there must be one React in a page: the application's own, an optional peer dependency.
    npm: ['react'],
    knowsNode: false,
  },
];

/** The innermost room that the file stands in; undefined outside of src and directly under it. */
export function roomOf(path: string): Room | undefined {
  let found: Room | undefined;
  for (const room of rooms) {
    if (path.startsWith(`src/${room.name}/`) && room.name.length > (found?.name.length ?? 0)) {
      found = room;
    }
  }
  return found;
}
