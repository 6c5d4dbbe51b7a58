/**
 * Figures become a table.
 * In: rows of figures. Out: Markdown and JSON. A row whose ratios scatter more than their distance from the bound says so.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import type { Figure, Scenario } from './scenarios.ts';

export interface Row {
  readonly scenario: Scenario;
  readonly ours: readonly Figure[];
  readonly theirs: readonly Figure[];
}

export interface Report {
  readonly table: string;
  readonly machine: string;
  readonly json: unknown;
}

interface Runs {
  readonly rounds: number;
  readonly seconds: number;
  /** Server and load had a core each. */
  readonly isPinned: boolean;
}

export function report(rows: readonly Row[], { rounds, seconds, isPinned }: Runs): Report {
  const lines = rows.map(line);
  const head = [
    '| Scenario | Unit | Tautline | ws | Ratio | Ratios seen | Aim |',
    '|---|---|--:|--:|--:|---|---|',
  ];
  const machine =
    `Node ${process.versions.node}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()}; ` +
    `medians of ${rounds} interleaved runs of ${seconds} s, ${isPinned ? 'server and load on a core each' : 'load on the same machine'}.`;
  const json = {
    machine,
    rows: rows.map(({ scenario, ours, theirs }) => ({
      id: scenario.id,
      title: scenario.title,
      unit: scenario.unit,
      atMost: scenario.atMost ?? null,
      ours,
      theirs,
      ratio: ratio(ours, theirs),
    })),
  };
  return { table: [...head, ...lines].join('\n'), machine, json };
}

function line({ scenario, ours, theirs }: Row): string {
  const whole = ratio(ours, theirs);
  const pairs = ours.map(({ value }, i) => value / theirs[i]!.value).sort((a, b) => a - b);
  const { atMost } = scenario;
  const aim = atMost === undefined ? '–' : `≤ ${atMost}: ${verdict(whole, pairs, atMost)}`;
  const seen = `${pairs[0]!.toFixed(2)} to ${pairs.at(-1)!.toFixed(2)}`;
  const cells = [
    scenario.title,
    scenario.unit,
    show(median(ours)),
    show(median(theirs)),
    whole.toFixed(2),
    seen,
    aim,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A median that lies on one side of the bound while a quarter of the pairs lies on the other proves nothing. */
function verdict(whole: number, pairs: readonly number[], atMost: number): string {
  const within = pairs.filter((pair) => pair <= atMost).length / pairs.length;
  const isMet = whole <= atMost;
  const isClear = isMet ? within > 0.75 : within < 0.25;
  return `${isMet ? 'met' : 'missed'}${isClear ? '' : ', but too noisy to be sure'}`;
}

function ratio(ours: readonly Figure[], theirs: readonly Figure[]): number {
  return median(ours) / median(theirs);
}

function median(figures: readonly Figure[]): number {
  const sorted = figures.map(({ value }) => value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function show(value: number): string {
  return value.toPrecision(3);
}

const page = new URL('../docs/3-reference/performance.md', import.meta.url);
const data = new URL('../docs/3-reference/performance.json', import.meta.url);
const begin = '<!-- bench: begin -->';
const end = '<!-- bench: end -->';

/** Puts the table between the two marks on the page, and the figures behind it beside the page. */
export async function writeReport({ table, machine, json }: Report): Promise<void> {
  const text = await readFile(page, 'utf8');
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  const after = text.slice(text.indexOf(end));
  await writeFile(page, `${before}\n\n${table}\n\n${machine}\n\n${after}`);
  await writeFile(data, `${JSON.stringify(json, null, 2)}\n`);
}
