/** Logs with entries in them, for the tests of catching up. */
import type { HubOptions } from '../../../src/hub/index.ts';
import { at, type Position } from '../../../src/wire/index.ts';
import { startWorld, type World } from '../world.ts';

export const zero: Position = { epoch: 'e1', offset: 0, id: '' };

/** A log with entries 1 to `count`. */
export async function filled(count: number, options: Partial<HubOptions> = {}): Promise<World> {
  const world = await startWorld(options);
  fill(world, 1, count);
  return world;
}

export function fill({ engine }: World, from: number, to: number): void {
  for (let i = from; i <= to; i += 1) {
    engine.append('news', i);
  }
}

export function place({ engine }: World, offset: number): Position {
  return at('e1', engine.log('news').entries[offset - 1]!);
}
