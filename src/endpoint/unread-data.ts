/**
 * What comes on a stream of HTTP/2 while nobody reads it.
 * In: DATA frames, as small as the peer likes. Out: their bytes in blocks, as soon as somebody reads. Cannot fail; how many may come is
 * for the window of the stream to say.
 * Node by itself keeps an object for each frame, and the read that it came in: a window of 1 MiB in frames of one byte is more than
 * 100 MB then (THREATS B3, D18).
 */
import type { Http2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { PieceQueue } from './piece-queue.ts';

const unread = Symbol('unread');
type Gathered = Http2Stream & { [unread]?: PieceQueue | undefined };

/** To be called before anything of the stream is read; again is not more. */
export function gatherUnread(stream: Http2Stream): void {
  // Node's streams hand by `push` what came to whoever reads them.
  if (stream.push !== push) {
    stream.push = push;
    stream.on('resume', giveOut);
  }
}

/** False, so that Node gives the peer no room for what waits. */
function push(this: Gathered, chunk: Uint8Array | null): boolean {
  if (chunk !== null && this.readableFlowing !== true) {
    this[unread] ??= new PieceQueue();
    this[unread].add(chunk, 0, chunk.length, true);
    return false;
  }
  giveOut.call(this);
  return Readable.prototype.push.call(this, chunk);
}

function giveOut(this: Gathered): void {
  const pieces = this[unread];
  this[unread] = undefined;
  for (let piece = pieces?.take(); piece !== undefined; piece = pieces?.take()) {
    Readable.prototype.push.call(this, piece);
  }
}
