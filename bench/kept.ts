/**
 * What an earlier run wrote down, with some rows of it measured anew.
 * In: the series of this run, and the figures that are kept. Out: series that are whole. Fails: a RangeError when there is nothing to put the rows into.
 */
import type { Figure, Row } from './measure.ts';
import type { Series } from './report.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import type { SubjectName } from './subjects.ts';

/** As `toJson` of the report makes it; JSON has no undefined. */
export interface KeptFigures {
  readonly conditions: string;
  readonly series: readonly {
    readonly node: string;
    readonly rows: readonly {
      readonly id: string;
      readonly figures: Readonly<Partial<Record<SubjectName, readonly (Figure | null)[]>>>;
    }[];
  }[];
}

export interface Whole {
  readonly all: readonly Series[];
  readonly said: string;
}

const later = ' Measured later, by themselves: ';

/** Every row of the kept series, in the order of the scenarios, and in their places those of this run. */
export function withKept(measured: readonly Series[], kept: KeptFigures): Whole {
  const missing = measured.find(({ node }) => kept.series.every((one) => one.node !== node));
  if (missing !== undefined) {
    throw new RangeError(`no run with Node ${missing.node} is kept: measure all of it first`);
  }
  const all = kept.series.map(({ node, rows }) => {
    const ours = measured.find((one) => one.node === node)?.rows ?? [];
    const whole = scenarios.flatMap((scenario) => {
      const figures = rows.find(({ id }) => id === scenario.id)?.figures;
      const row = ours.find((one) => one.scenario === scenario);
      return row ?? (figures === undefined ? [] : rowFrom(scenario, figures));
    });
    return { node, rows: whole };
  });
  const [first, before] = kept.conditions.split(later);
  const ids = measured.flatMap(({ rows }) => rows.map(({ scenario }) => scenario.id));
  const names = new Set([...(before?.replace(/\.$/, '').split(', ') ?? []), ...ids]);
  return { all, said: `${first}${later}${[...names].join(', ')}.` };
}

function rowFrom(
  scenario: Scenario,
  figures: KeptFigures['series'][number]['rows'][number]['figures'],
): Row {
  const lists = Object.entries(figures).map(
    ([name, list]) => [name as SubjectName, list.map((figure) => figure ?? undefined)] as const,
  );
  return { scenario, figures: new Map(lists) };
}
