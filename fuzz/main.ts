/**
 * `npm run fuzz -- [--seconds 60 | --hours 8] [--target server] [--seed 7] [--save]`
 * Searches src/protocol for inputs that break a promise. The time is shared by all targets unless one is named; `--save` keeps
 * the corpus, made small. Ends with 1 and a file in fuzz/failures when something was found.
 */
import { parseArgs } from 'node:util';
import { Campaign, type Failure, promiseOf } from './campaign.ts';
import { hex, readCorpus, writeCorpus, writeFailure } from './corpus.ts';
import { instrumentedSubject } from './instrument.ts';
import { minimised } from './minimise.ts';
import { targets } from './targets/index.ts';
import type { Target } from './targets/target.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    hours: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
    save: { type: 'boolean', default: false },
  },
});

/** Between two lines of progress. */
const progressMs = 10_000;
/** Runs between two looks at the clock. */
const burst = 500;

async function main(): Promise<void> {
  // Inputs that are refused by throwing are ordinary here, and a trace for each of them is most of the cost.
  Error.stackTraceLimit = 0;
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const names = values.target === undefined ? [...targets.keys()] : [values.target];
  const seconds = values.hours === undefined ? Number(values.seconds) : Number(values.hours) * 3600;
  if (!(seconds > 0) || !Number.isInteger(seed) || names.some((name) => !targets.has(name))) {
    throw new RangeError(`--seconds or --hours above 0, --seed, --target ${names.join(' ')}`);
  }
  const subject = await instrumentedSubject();
  for (const name of names) {
    const target = targets.get(name)!(subject);
    const corpus = readCorpus(name).map((entry) => entry.input);
    const campaign = new Campaign({ target, counters: subject.counters, seed, corpus });
    const failure = search(campaign, target, (seconds * 1000) / names.length, seed);
    if (failure !== undefined) {
      report(campaign.shrink(failure, 20_000), target, seed);
      return;
    }
    if (values.save) {
      writeCorpus(name, minimised(target, subject.counters, campaign.corpus));
    }
  }
}

/** Runs for `forMs`, or until something is found. */
function search(
  campaign: Campaign,
  target: Target,
  forMs: number,
  seed: number,
): Failure | undefined {
  const began = Date.now();
  let shown = began;
  for (;;) {
    for (let left = burst; left > 0; left -= 1) {
      const failure = campaign.step();
      if (failure !== undefined) {
        return failure;
      }
    }
    const now = Date.now();
    const isOver = now - began >= forMs;
    if (isOver || now - shown >= progressMs) {
      shown = now;
      const perSecond = Math.round((campaign.runs * 1000) / (now - began));
      const { runs, corpus, edges } = campaign;
      console.log(
        `${target.name}: ${runs} runs, ${perSecond}/s, corpus ${corpus.length}, edges ${edges}, seed ${seed}`,
      );
    }
    if (isOver) {
      return undefined;
    }
  }
}

function report({ input, error }: Failure, target: Target, seed: number): void {
  const promise = promiseOf(error);
  const file = writeFailure({ target: target.name, promise, seed, input: hex(input) });
  const said = error instanceof Error ? error.message : String(error);
  console.error(`${target.name}: ${said}\n${traceOf(target, input)}`);
  console.error(`seed ${seed}\ninput ${hex(input)}\nkept in ${file}`);
  process.exitCode = 1;
}

/** Once more, to see where. */
function traceOf(target: Target, input: Uint8Array): string {
  Error.stackTraceLimit = 20;
  try {
    target.run(input);
  } catch (error) {
    const { stack = '' } = error as Error;
    return stack.slice(stack.indexOf('\n    at ') + 1);
  }
  return '';
}

await main();
