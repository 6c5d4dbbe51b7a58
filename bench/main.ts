/**
 * `npm run bench`: ours and ws side by side, interleaved in one run.
 * In: how often and how long. Out: a table, and with `--write` the same in docs and as JSON. What counts is the ratio of the
 * medians; the machine's own speed cancels out.
 */
import { parseArgs } from 'node:util';
import { loadCore, pin } from './pin.ts';
import { type Row, report, writeReport } from './report.ts';
import { type Figure, type Scenario, scenarios } from './scenarios.ts';
import { startSubject } from './subject.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const isPinned = pin(process.pid, loadCore);
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const rows: Row[] = [];
for (const scenario of scenarios.filter(({ id }) => id.includes(values.only))) {
  rows.push(await compare(scenario));
  console.log(report(rows.slice(-1), { rounds, seconds, isPinned }).table);
}
const whole = report(rows, { rounds, seconds, isPinned });
console.log(`\n${whole.table}\n${whole.machine}`);
if (values.write) {
  await writeReport(whole);
}

/** New processes for each figure, ours and theirs in turn, so that drift of the machine meets both. */
async function compare(scenario: Scenario): Promise<Row> {
  const ours: Figure[] = [];
  const theirs: Figure[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const pair = [
      { name: 'tautline', figures: ours },
      { name: 'ws', figures: theirs },
    ];
    for (const { name, figures } of round % 2 === 0 ? pair : pair.reverse()) {
      const subject = await startSubject(name);
      figures.push(await scenario.run(subject, seconds));
      subject.stop();
    }
  }
  return { scenario, ours, theirs };
}
