/** What each server under test understands on its command line, and says when it listens. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const { io, deflate, key, cert } = parseArgs({
  options: {
    io: { type: 'string' },
    deflate: { type: 'boolean', default: false },
    key: { type: 'string' },
    cert: { type: 'string' },
  },
}).values;

/** Undefined for plain connections. */
export const tls =
  key === undefined ? undefined : { key: readFileSync(key), cert: readFileSync(cert) };

/** Tells the bench where to connect. From then on the load may ask for the garbage to be collected. */
export function tell(port) {
  process.on('SIGUSR2', () => globalThis.gc?.());
  console.log(JSON.stringify({ port }));
}

/** Tells the bench that there is no such subject, and why. */
export function tellAbsent(absent) {
  console.log(JSON.stringify({ absent }));
  process.exit();
}
