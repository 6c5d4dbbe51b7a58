/**
 * `npm run simulate -- [--seeds 10000] [--from 1] [--broken NAME]`, and `npm run simulate -- --seed 7` to see one universe again.
 * In: seeds. Out: how many universes were looked at, and what was wrong in them: for each a line with its anomalies and one that
 * replays it. Ends with 1 when something was wrong, or when nothing has happened. `--broken` runs a build that is broken on purpose.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { sabotages, whole } from '../test/simulation/sabotage.ts';
import { runUniverse, type Universe } from '../test/simulation/universe.ts';

export interface Wish {
  readonly from: number;
  readonly seeds: number;
  readonly broken: string | undefined;
  /** One universe, in full. */
  readonly isReplay: boolean;
}

/** @throws {RangeError} For what cannot be wished. */
export function readWish(args: readonly string[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      broken: { type: 'string' },
    },
  });
  const { broken, seed } = values;
  const isReplay = seed !== undefined;
  const seeds = isReplay ? 1 : Number(values.seeds);
  const from = Number(seed ?? values.from);
  if (!(Number.isSafeInteger(seeds) && seeds > 0 && Number.isSafeInteger(from) && from >= 0)) {
    throw new RangeError('--seeds, --from and --seed are whole numbers');
  }
  if (broken !== undefined && !(broken in sabotages)) {
    throw new RangeError(`--broken is one of:\n${Object.keys(sabotages).join('\n')}`);
  }
  return { from, seeds, broken, isReplay };
}

/** What a worker found in its share. */
interface Share {
  readonly universes: number;
  readonly steps: number;
  readonly appended: number;
  readonly delivered: number;
  readonly gaps: number;
  readonly signals: number;
  readonly runs: number;
  readonly members: number;
  readonly polls: number;
}
type Count = Exclude<keyof Share, 'universes'>;
const counts: readonly Count[] = [
  'steps',
  'appended',
  'delivered',
  'gaps',
  'signals',
  'runs',
  'members',
  'polls',
];
type Said = { readonly lines: readonly string[] } | { readonly share: Share };

/** The most universes of which each is told. */
const mostTold = 20;

export function linesOf(
  { seed, anomalies, faults }: Universe,
  broken: string | undefined,
): string[] {
  const names = [...new Set(anomalies.map(({ name }) => name))].join(', ');
  const [first] = anomalies;
  const rest = broken === undefined ? '' : ` --broken '${broken}'`;
  return [
    `seed ${seed}: ${names} (${first!.detail}) with ${faults.join(', ')}`,
    `  npm run simulate -- --seed ${seed}${rest}`,
  ];
}

/** Runs the seeds of one worker; each told line goes to `say`. */
export async function runShare(
  { from, seeds, broken }: Pick<Wish, 'from' | 'seeds' | 'broken'>,
  step: number,
  say: (lines: readonly string[]) => void,
): Promise<Share> {
  const sabotage = broken === undefined ? whole : sabotages[broken]!;
  const share = {
    universes: 0,
    steps: 0,
    appended: 0,
    delivered: 0,
    gaps: 0,
    signals: 0,
    runs: 0,
    members: 0,
    polls: 0,
  };
  for (let seed = from; seed < from + seeds; seed += step) {
    const universe = await runUniverse(seed, sabotage);
    share.universes += 1;
    for (const count of counts) {
      share[count] += universe[count];
    }
    if (universe.anomalies.length > 0) {
      say(linesOf(universe, broken));
    }
  }
  return share;
}

async function replay({ from, broken }: Wish): Promise<number> {
  const universe = await runUniverse(from, broken === undefined ? whole : sabotages[broken]!);
  const { anomalies, faults, history } = universe;
  console.log(`seed ${from} with ${faults.join(', ')}`);
  for (const { value, told, position } of history.attempts) {
    console.log(`  published ${value}: ${told} ${position ?? ''}`);
  }
  for (const { reader, channel, moments } of history.readings) {
    console.log(`  ${reader} in ${channel}:`);
    for (const moment of moments) {
      console.log(`    ${Object.values(moment).join(' ')}`);
    }
  }
  for (const { value, told, answer } of history.calls) {
    console.log(`  called ${value}: ${told} ${JSON.stringify(answer) ?? ''}`);
  }
  for (const [name, standing] of history.standings) {
    console.log(`  ${name} in the roster: ${Object.values(standing).join(' ')}`);
  }
  for (const { name, detail } of anomalies) {
    console.log(`${name}: ${detail}`);
  }
  return anomalies.length === 0 ? 0 : 1;
}

/** This file and all that it uses as one, for the workers: half as much work again would be done where each file is made ready by itself. */
async function bundled(): Promise<string> {
  const outfile = fileURLToPath(new URL('../.build/simulation/worker.mjs', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(import.meta.url)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['esbuild'],
    tsconfigRaw: {},
    outfile,
  });
  return outfile;
}

/** Shares the seeds out among as many processes as there are processors. */
async function simulate(wish: Wish): Promise<number> {
  const worker = await bundled();
  const beganMs = performance.now();
  const workers = Math.min(availableParallelism(), wish.seeds);
  let wrong = 0;
  const shares: Share[] = [];
  const children = Array.from({ length: workers }, (_, share) => {
    const range = [wish.from + share, wish.seeds - share, workers].map(String);
    const named = wish.broken === undefined ? [] : [wish.broken];
    return fork(worker, ['share', ...range, ...named], { execArgv: [] });
  });
  for (const child of children) {
    child.on('message', (said: Said) => {
      if ('share' in said) {
        shares.push(said.share);
        return;
      }
      wrong += 1;
      if (wrong <= mostTold) {
        console.log(said.lines.join('\n'));
      }
    });
  }
  await Promise.all(children.map(ended));
  const sum = (count: keyof Share): number =>
    shares.reduce((total, share) => total + share[count], 0);
  const seconds = (performance.now() - beganMs) / 1000;
  const universes = sum('universes');
  const speed = Math.round(universes / seconds);
  console.log(
    `${universes} universes in ${seconds.toFixed(1)} s (${speed} a second): ${sum('appended')} entries, ` +
      `${sum('delivered')} deliveries, ${sum('gaps')} gaps told, ${sum('signals')} signals heard, ` +
      `${sum('runs')} handlers run, ${sum('members')} entries of rosters, ${sum('polls')} roads of requests, ` +
      `${wrong} universes wrong`,
  );
  const isWhole = universes === wish.seeds && sum('delivered') > 0;
  if (!isWhole) {
    console.log('not all of them were looked at: this says nothing');
  }
  return isWhole && wrong === 0 ? 0 : 1;
}

async function ended(child: ChildProcess): Promise<void> {
  await once(child, 'exit');
}

/** @param args The first seed, how many seeds are left from it on, and every how manieth is ours. */
async function work([from, seeds, step, broken]: readonly string[]): Promise<void> {
  // Refusals are ordinary here, and a trace for each of them is much of the cost.
  Error.stackTraceLimit = 0;
  const wish = { from: Number(from), seeds: Number(seeds), broken };
  const share = await runShare(wish, Number(step), (lines) => process.send!({ lines }));
  process.send!({ share });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, ...rest] = process.argv.slice(2);
  if (first === 'share') {
    await work(rest);
  } else {
    const wish = readWish(process.argv.slice(2));
    process.exitCode = await (wish.isReplay ? replay(wish) : simulate(wish));
  }
}
