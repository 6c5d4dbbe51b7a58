/**
 * All that a page can see of `WebSocket` and `WebSocketStream`.
 * In: the classes, and the addresses of a server. Out: what was seen, by name.
 */
import { interfaces } from './interface.mjs';
import { streams } from './streams.mjs';
import { talks } from './talk.mjs';

const observations = { ...interfaces, ...talks, ...streams };

export const names = Object.keys(observations);

/** One after the other, by name. What does not come to an end says so. */
export async function observe(world) {
  const seen = {};
  for (const [name, look] of Object.entries(observations)) {
    const late = new Promise((resolve) => setTimeout(resolve, 10_000, 'nothing within 10 s'));
    const came = Promise.resolve(look(world)).catch((error) => `failed: ${error}`);
    seen[name] = JSON.parse(JSON.stringify(await Promise.race([came, late])) ?? 'null');
  }
  return seen;
}
