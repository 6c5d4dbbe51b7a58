/**
 * Ends a transport at once, whatever it is.
 * In: a socket, or a stream of HTTP/2. Out: nothing more comes of it. Cannot fail.
 */
import type { Http2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** RFC 9113 §7. */
const cancel = 0x8;

/** RFC 8441 §5: to HTTP/2 a reset of TCP is "a RST_STREAM frame with the CANCEL error code"; left alone Node says NO_ERROR. */
export function cut(stream: Duplex): void {
  if ('rstCode' in stream && !stream.destroyed) {
    (stream as Http2Stream).close(cancel);
  }
  stream.destroy();
}
