/** Rows for tests of what is made of them. */
import type { Figure, Row } from '../../bench/measure.ts';
import { scenarios } from '../../bench/scenarios.ts';
import type { SubjectName } from '../../bench/subjects.ts';

/** A row of the scenario with this id; a subject without figures is not to be had. */
export function rowOf(id: string, figures: Partial<Record<SubjectName, readonly number[]>>): Row {
  const scenario = scenarios.find((one) => one.id === id)!;
  const names = [...scenario.ours, scenario.peer, ...scenario.others];
  const rounds = Math.max(...Object.values(figures).map((list) => list.length));
  const list = (name: SubjectName): (Figure | undefined)[] =>
    Array.from({ length: rounds }, (_, i) => {
      const value = figures[name]?.[i];
      return value === undefined ? undefined : { value };
    });
  return { scenario, figures: new Map(names.map((name) => [name, list(name)])) };
}
