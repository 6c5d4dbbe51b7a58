/**
 * Figures become tables.
 * In: rows of figures. Out: Markdown and JSON. Cannot fail.
 */
import type { Figure, Row } from './measure.ts';
import { reasons } from './reasons.ts';
import { type Comparison, compare, isQuiet, judge, median } from './statistics.ts';
import { type SubjectName, subjectTitles } from './subjects.ts';

/** All that was measured with one Node. */
export interface Series {
  /** Such as `20.20.2`. */
  readonly node: string;
  readonly rows: readonly Row[];
}

export function toMarkdown({ node, rows }: Series): string {
  const besideWs = rows.filter(({ scenario }) => scenario.peer === 'ws');
  const rest = rows.filter(({ scenario }) => scenario.peer !== 'ws');
  const parts = [`### Node ${node}`];
  if (besideWs.length > 0) {
    parts.push(table(besideWs, ['raw', 'bun', 'ws'], ['tautline', 'handle']));
  }
  for (const row of rest) {
    parts.push(table([row], [row.scenario.peer], row.scenario.ours));
  }
  const missed = rows.flatMap(reasonsFor);
  if (missed.length > 0) {
    parts.push(missed.map((line) => `- ${line}`).join('\n'));
  }
  if (!isQuiet(rows.flatMap(comparisons).map(({ comparison }) => comparison))) {
    parts.push('**The machine was too noisy, or the runs too few, to judge by this.**');
  }
  return parts.join('\n\n');
}

export function toJson({ node, rows }: Series): unknown {
  return {
    node,
    rows: rows.map((row) => {
      const { scenario, figures } = row;
      const { id, title, unit, peer } = scenario;
      const ratios = comparisons(row).map(({ name, comparison, aim }) => ({
        subject: name,
        ratio: round(comparison.ratio),
        pairs: comparison.pairs.map(round),
        aim: aim ?? null,
        verdict: aim === undefined ? null : judge(comparison, aim),
        reason: isMissed(comparison, aim) ? (reasons[`${id}/${name}`] ?? null) : null,
      }));
      return { id, title, unit, peer, ratios, figures: Object.fromEntries(figures) };
    }),
  };
}

/** Ours against the peer, as far as both are there. */
export function comparisons({ scenario, figures }: Row): {
  readonly name: SubjectName;
  readonly comparison: Comparison;
  readonly aim: number | undefined;
}[] {
  return scenario.ours.flatMap((name) => {
    const comparison = compare(values(figures.get(name)), values(figures.get(scenario.peer)));
    return comparison === undefined ? [] : [{ name, comparison, aim: scenario.aims[name] }];
  });
}

/** The middle of what a subject needed, or undefined when it was not to be had. */
export function middle(row: Row, name: SubjectName): number | undefined {
  const there = values(row.figures.get(name)).filter((value) => value !== undefined);
  return there.length === 0 ? undefined : median(there);
}

function table(
  rows: readonly Row[],
  others: readonly SubjectName[],
  ours: readonly SubjectName[],
): string {
  const head = ['Scenario', 'Unit', ...others.map((name) => subjectTitles[name])];
  for (const name of ours) {
    head.push(subjectTitles[name], 'Ratio', 'Aim');
  }
  const rule = head.map((_, i) => (i < 2 ? '---' : '--:'));
  return [head, rule, ...rows.map((row) => line(row, others, ours))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function line(
  row: Row,
  others: readonly SubjectName[],
  ours: readonly SubjectName[],
): readonly string[] {
  const { title, unit } = row.scenario;
  const cells = [title, unit, ...others.map((name) => show(middle(row, name)))];
  const compared = new Map(comparisons(row).map((one) => [one.name, one]));
  for (const name of ours) {
    const one = compared.get(name);
    cells.push(show(middle(row, name)));
    cells.push(one === undefined ? '–' : ratioText(one.comparison));
    cells.push(one?.aim === undefined ? '–' : `≤ ${one.aim}: ${judge(one.comparison, one.aim)}`);
  }
  return cells;
}

function reasonsFor(row: Row): readonly string[] {
  const { id, title } = row.scenario;
  return comparisons(row).flatMap(({ name, comparison, aim }) => {
    const reason = reasons[`${id}/${name}`];
    const line = `${title}, ${subjectTitles[name]}: ${reason}`;
    return isMissed(comparison, aim) && reason !== undefined ? [line] : [];
  });
}

function isMissed(comparison: Comparison, aim: number | undefined): boolean {
  return aim !== undefined && judge(comparison, aim) === 'missed';
}

/** The ratio, and between which two all pairs lie. */
function ratioText({ ratio, pairs }: Comparison): string {
  return `**${ratio.toFixed(2)}** (${pairs[0]!.toFixed(2)} to ${pairs.at(-1)!.toFixed(2)})`;
}

function values(figures: readonly (Figure | undefined)[] = []): readonly (number | undefined)[] {
  return figures.map((figure) => figure?.value);
}

function show(value: number | undefined): string {
  if (value === undefined) {
    return '–';
  }
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
