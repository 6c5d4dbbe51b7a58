/** What holds for every websocket holds over handles too: the same tests, once more. */
import { goBy } from './support.ts';

await goBy('handle');
for (const tests of [
  './accept-http1.hostile.test.ts',
  './accept-http1.pipelined.test.ts',
  './accept-http1.test.ts',
  './endpoint.slow-peers.test.ts',
  './endpoint.test.ts',
  './iterate.test.ts',
  './open-websocket.backpressure.test.ts',
  './open-websocket.closing.test.ts',
  './open-websocket.test.ts',
]) {
  await import(tests);
}
