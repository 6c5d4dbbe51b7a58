/** Where `io: 'handle'` is asked for, streams of HTTP/2 go the way of sockets: the same tests, once more. */
import { goBy } from './support.ts';

await goBy('handle');
for (const tests of [
  './accept-http2.end.test.ts',
  './accept-http2.fields.test.ts',
  './accept-http2.flow.test.ts',
  './accept-http2.frames.test.ts',
  './accept-http2.hostile.test.ts',
  './accept-http2.many.test.ts',
  './accept-http2.test.ts',
  './http2.together.test.ts',
  './own-http2.floods.test.ts',
  './own-http2.test.ts',
]) {
  await import(tests);
}
