/**
 * `npm run bench -- allocations`: what the protocol allocates for a message besides the payload that is handed over: nothing.
 * In: nothing. Out: bytes of heap for each message, measured in a process whose garbage is not collected meanwhile. Fails: when that
 * process does.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Work to bytes per message. */
export type Allocations = Readonly<Record<string, number>>;

/** Young objects fit in here until the end: 200,000 messages with 600 bytes each would. In MiB. */
const youngMiB = 128;

export function measureAllocations(): Allocations {
  const program = fileURLToPath(new URL('allocating.ts', import.meta.url));
  const flags = [
    '--expose-gc',
    `--max-semi-space-size=${youngMiB}`,
    `--min-semi-space-size=${youngMiB}`,
  ];
  const source = ['--import', 'tsx', '--conditions', 'tautline-source'];
  const said = execFileSync(process.execPath, [...flags, ...source, program], { encoding: 'utf8' });
  return JSON.parse(said) as Allocations;
}

export function tellAllocations(): void {
  console.log('| 20 B messages, received and sent | heap bytes per message |\n|---|--:|');
  for (const [name, bytes] of Object.entries(measureAllocations())) {
    console.log(`| ${name} | ${bytes.toFixed(2)} |`);
  }
}
