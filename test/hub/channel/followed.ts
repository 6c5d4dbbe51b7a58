/** A channel that two clients follow. */
import type { HubOptions } from '../../../src/hub/index.ts';
import { settled, startWorld, type TestClient, type World } from '../world.ts';

export async function followed(
  options: Partial<HubOptions> = {},
): Promise<World & { ann: TestClient; bob: TestClient; reads: () => string[] }> {
  const world = await startWorld(options);
  const ann = await world.enter();
  const bob = await world.enter();
  for (const client of [ann, bob]) {
    client.subscribe('news');
    await settled();
    client.told();
  }
  const reads = (): string[] => world.broker.calls.filter((call) => call.startsWith('read'));
  return { ...world, ann, bob, reads };
}
