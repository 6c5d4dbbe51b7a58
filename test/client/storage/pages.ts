/** Pages that come and go while their storage, their locks and what their tab remembers stay. */
import type { ClientOptions } from '../../../src/client/options.ts';
import { keepIn } from '../../../src/client/storage/keeper.ts';
import { type FakeRoad, place, startWorld, turn, type World, welcome } from '../world.ts';
import { FakeLocks, FakeMemory, FakeStorage } from './kept.ts';

/** Storages and locks take a few turns more, and there are places to look into. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    await turn();
  }
}

export interface Disk {
  readonly storage: FakeStorage;
  readonly locks: FakeLocks;
  /** Undefined: pages cannot tell which tab they are in. */
  readonly memory?: FakeMemory;
}

export function disk(): Disk {
  return { storage: new FakeStorage(), locks: new FakeLocks() };
}

/** The same, for one more tab. */
export function tabOf(kept: Disk, memory = new FakeMemory()): Disk {
  return { ...kept, memory };
}

let pages = 0;

/** A page with a client of its own, that is let in. */
export async function page(kept: Disk, user = 'ada', options: ClientOptions = {}): Promise<World> {
  const world = offline(kept, options);
  await settled();
  world.road().open();
  world.road().say(welcome(user));
  await settled();
  return world;
}

/** A page that is not connected yet. */
export function offline({ storage, ...options }: Disk, more: ClientOptions = {}): World {
  pages += 1;
  const name = `page ${pages}`;
  let names = 0;
  return startWorld({
    keep: keepIn(storage, options),
    pingAfterMs: 600_000,
    pongWithinMs: 600_000,
    randomId() {
      names += 1;
      return `${name} producer ${names}`.padEnd(22);
    },
    ...more,
  });
}

/** The page goes away without a word: its locks are let go, and its client is heard no more. */
export function crash({ locks }: Disk): void {
  locks.held.clear();
}

export async function publish({ client }: World, ...all: number[]): Promise<void> {
  for (const data of all) {
    client.publish('room', data).catch(() => undefined);
  }
  await settled();
}

export function sent(road: FakeRoad) {
  return road.all('publish').map(({ data, producer }) => ({ data, ...producer! }));
}

export function store({ road }: World, n: number): void {
  const { id } = road().all('publish').at(-1)!;
  road().say({ type: 'appended', id, position: place(n) });
}

/** The session that a page asked for, and the least id that it gave a request. */
export function hello({ road }: World) {
  return road().last('hello').resume;
}

/** Lets the page in, in a session. */
export async function letIn(
  world: World,
  session: string,
  secret = `secret of ${session}`.padEnd(22),
) {
  await settled();
  world.road().open();
  world.road().say({ ...welcome(), session, secret });
  await settled();
}
