import { describe, expect, it } from 'vitest';
import { type KeptFigures, withKept } from '../../bench/kept.ts';
import { type Series, toJson } from '../../bench/report.ts';
import { rowOf } from './runs.ts';

const [first, second, third] = ['echo-20-1', 'echo-16384-16', 'chat-100'] as const;

function kept(...series: readonly Series[]): KeptFigures {
  const json = JSON.stringify({ conditions: 'On a machine.', series: series.map(toJson) });
  return JSON.parse(json) as KeptFigures;
}

const old = {
  node: '20.20.2',
  rows: [rowOf(first, { tautline: [8], ws: [10] }), rowOf(third, { tautline: [1], ws: [2] })],
};

describe('rows that are measured by themselves', () => {
  it('take their places among those that are kept, which stay as they were', () => {
    const measured = { node: '20.20.2', rows: [rowOf(second, { tautline: [3], ws: [4] })] };
    const { all, said } = withKept([measured], kept(old));
    expect(all.map(({ rows }) => rows.map(({ scenario }) => scenario.id))).toEqual([
      [first, second, third],
    ]);
    expect(all[0]!.rows[0]).toEqual(old.rows[0]);
    expect(said).toBe('On a machine. Measured later, by themselves: echo-16384-16.');
  });

  it('replace what was measured of the same; a series of another Node stays', () => {
    const newer = { ...old, node: '26.1.0' };
    const measured = { node: '20.20.2', rows: [rowOf(first, { tautline: [5], ws: [6] })] };
    const { all } = withKept([measured], kept(old, newer));
    expect(all).toEqual([{ node: '20.20.2', rows: [measured.rows[0], old.rows[1]] }, newer]);
  });

  it('are named once, however often they are measured', () => {
    const measured = (id: string) => [
      { node: '20.20.2', rows: [rowOf(id, { tautline: [5], ws: [6] })] },
    ];
    const once = withKept(measured(first), kept(old));
    const twice = withKept(measured(third), { ...kept(old), conditions: once.said });
    const thrice = withKept(measured(first), { ...kept(old), conditions: twice.said });
    expect(thrice.said).toBe('On a machine. Measured later, by themselves: echo-20-1, chat-100.');
  });

  it('of a Node of which nothing is kept have no place', () => {
    const measured = { node: '24.0.0', rows: [] };
    expect(() => withKept([measured], kept(old))).toThrow('no run with Node 24.0.0 is kept');
  });
});
