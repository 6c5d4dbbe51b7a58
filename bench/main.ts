/**
 * `npm run bench -- [--rounds 5] [--seconds 2] [--only echo] [--node PATH]… [--newest] [--write] [--once]`, or `kernels`, or
 * `allocations`. Ours beside ws, Bun and a raw server, interleaved in one run; what counts is the ratio of the medians.
 * In: how often and how long. Out: tables, and with `--write` the same in docs, as JSON and as a picture; of `--only` some, the others stay there.
 */
import { parseArgs } from 'node:util';
import { buildTools } from './build.ts';
import { withKept } from './kept.ts';
import { measure, type Plan, type Row } from './measure.ts';
import { nodesFor } from './nodes.ts';
import { tellAllocations } from './parts/allocations.ts';
import { tellKernels } from './parts/kernels.ts';
import { type Series, toMarkdown } from './report.ts';
import { scenarios } from './scenarios.ts';
import { conditions, readKept, writePages } from './write.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [] },
    newest: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    /** Shows that everything works, in a minute. So short a run says nothing about speed. */
    once: { type: 'boolean', default: false },
  },
});

switch (positionals[0]) {
  case undefined:
    await compareAll();
    break;
  case 'kernels':
    await tellKernels();
    break;
  case 'allocations':
    tellAllocations();
    break;
  default:
    throw new RangeError(`kernels or allocations, not ${positionals[0]}`);
}

async function compareAll(): Promise<void> {
  const tools = buildTools();
  const length = values.once
    ? { rounds: 1, seconds: 0.2, warmSeconds: 0.1 }
    : { rounds: Number(values.rounds), seconds: Number(values.seconds), warmSeconds: 1.5 };
  if (!(length.rounds >= 1) || !(length.seconds > 0)) {
    throw new RangeError('--rounds of at least 1, --seconds above 0');
  }
  const all: Series[] = [];
  for (const { path, version } of nodesFor(values.node, { withNewest: values.newest })) {
    const plan: Plan = { ...length, isOnce: values.once, node: path, tools };
    all.push({ node: version, rows: await runSeries(plan) });
  }
  if (values.once) {
    console.log('Everything ran. So short a run says nothing about speed, and judges nothing.');
    return;
  }
  const said = conditions(length);
  console.log(`\n${[...all.map(toMarkdown), said].join('\n\n')}`);
  if (values.write) {
    const whole = values.only === '' ? { all, said } : withKept(all, await readKept());
    await writePages(whole.all, whole.said);
  }
}

async function runSeries(plan: Plan): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    const isLeftOut = values.once && scenario.once === undefined;
    const isPossible = scenario.needs.tls !== true || plan.tools.hasTls;
    if (!scenario.id.includes(values.only) || isLeftOut) {
      continue;
    }
    if (!isPossible) {
      console.log(`${scenario.id}: not measured, for want of OpenSSL's headers (libssl-dev)`);
      continue;
    }
    const row = await measure(scenario, plan);
    rows.push(row);
    console.log(toLine(row));
  }
  return rows;
}

/** While it runs. */
function toLine({ scenario, figures }: Row): string {
  const cells = [...figures].map(([name, list]) => {
    const there = list.flatMap((figure) => figure?.value.toPrecision(3) ?? []);
    return `${name} ${there.join(' ') || '–'}`;
  });
  return `${scenario.id}: ${cells.join(', ')}`;
}
