/**
 * Sends one message of so many MiB to an echo, and reads it while it comes back.
 * In: the address, and how many MiB. Out: what came, its digest of places, and the peak of memory before and after, in KiB.
 */
import { dial } from 'tautline/endpoint';

const [url, mebibytes] = [process.argv[2], Number(process.argv[3])];
const piece = Buffer.alloc(1024 * 1024);

/** Each MiB begins with its number. */
function* numbered() {
  for (let i = 0; i < mebibytes; i += 1) {
    piece.writeUInt32BE(i, 0);
    yield piece;
  }
}

const websocket = await dial(url);
const streams = websocket.streams();
const before = process.resourceUsage().maxRSS;
const sent = websocket.sendStream(numbered());
const { value: message } = await streams.next();
let bytes = 0;
let wrong = 0;
for await (const part of message) {
  // The places where a MiB begins.
  for (let at = (1048576 - (bytes % 1048576)) % 1048576; at + 4 <= part.length; at += 1048576) {
    wrong += part.readUInt32BE(at) === (bytes + at) / 1048576 ? 0 : 1;
  }
  bytes += part.length;
}
await sent;
await websocket.close();
const after = process.resourceUsage().maxRSS;
console.log(JSON.stringify({ bytes, wrong, before, after }));
