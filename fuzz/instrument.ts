/**
 * Coverage: a copy of the sources in which every statement, branch and function counts how often it is reached.
 * In: the folders src/ground and src/protocol. Out: their modules, and one flat array with all the counters. Fails: when what
 * the instrumenter writes no longer looks as it did.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createInstrumenter } from 'istanbul-lib-instrument';
import type { Subject } from './subject.ts';

const root: string = fileURLToPath(new URL('..', import.meta.url));
const floors: readonly string[] = ['src/ground', 'src/protocol'];
/** Where a module finds the array while it loads. */
const counterName = 'fuzzCounters';

/** Instruments the sources as they are now and loads them. */
export async function instrumentedSubject(): Promise<Subject> {
  mkdirSync(join(root, '.build'), { recursive: true });
  const folder = mkdtempSync(join(root, '.build', 'fuzz-'));
  try {
    const counters = new Uint32Array(writeInstrumented(folder));
    Object.assign(globalThis, { [counterName]: counters });
    const load = (file: string): Promise<unknown> =>
      import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
    const protocol = (await load('src/protocol/index.ts')) as Subject['protocol'];
    const utf8 = (await load('src/protocol/message/utf8.ts')) as Subject['utf8'];
    return { protocol, utf8, counters };
  } finally {
    // The modules are loaded: nothing reads the files again.
    rmSync(folder, { recursive: true });
  }
}

/** Gives how many counters there are. */
function writeInstrumented(folder: string): number {
  let counters = 0;
  for (const floor of floors) {
    for (const name of readdirSync(join(root, floor), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) {
        continue;
      }
      const file = join(floor, name);
      const counted = count(readFileSync(join(root, file), 'utf8'), file, counters);
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), counted.code);
      counters = counted.next;
    }
  }
  return counters;
}

/**
 * Instruments one module. Its counters are numbered from `first` on.
 * The instrumenter counts with `cov_x().b[3][1]++` in objects of its own, which are dear to read after every input. Here each
 * such place becomes `counters[17]++`, and the objects go.
 */
export function count(source: string, file: string, first: number): { code: string; next: number } {
  const instrumenter = createInstrumenter({
    esModules: true,
    compact: false,
    preserveComments: false,
    parserPlugins: ['typescript'],
  });
  const written = instrumenter.instrumentSync(source, file);
  const name = /^function (cov_\w+)\(\) \{$/m.exec(written)?.[1];
  const marker = `\n${name}();\n`;
  if (name === undefined || !written.includes(marker)) {
    throw new Error(`${file}: the instrumenter wrote something else than before`);
  }
  let next = first;
  const numbers = new Map<string, number>();
  const body = written.slice(written.indexOf(marker) + marker.length);
  const code = body.replaceAll(/cov_\w+\(\)\.([sfb](?:\[\d+\])+)\+\+/g, (_whole, place: string) => {
    if (!numbers.has(place)) {
      numbers.set(place, next);
      next += 1;
    }
    return `counters[${numbers.get(place)}]++`;
  });
  if (code.includes(name)) {
    throw new Error(`${file}: a counter is in another form than before`);
  }
  return { code: `const counters = globalThis.${counterName};\n${code}`, next };
}
