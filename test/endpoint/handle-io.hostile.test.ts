/** The endpoint's own server with handles, and compression with handles: what breaks others breaks them as little. */
import { receiveByOwn } from './reception.ts';
import { goBy } from './support.ts';

await goBy('handle');
receiveByOwn();
for (const tests of [
  './accept-http1.hostile.test.ts',
  './endpoint.compression.hostile.test.ts',
  './first-chunks.test.ts',
  './hosts.test.ts',
]) {
  await import(tests);
}
