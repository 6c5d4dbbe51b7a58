import { describe, expect, it } from 'vitest';
import { toJson, toMarkdown } from '../../bench/report.ts';
import { rowOf } from './runs.ts';

const five = (value: number): number[] => [value, value, value, value, value];
const quietRow = rowOf('echo-20-1', {
  tautline: five(8),
  ws: five(10),
  bun: five(5.5),
  raw: five(4.25),
});

describe('the table', () => {
  it('has a line for each scenario, with medians, ratio and verdict; what is not to be had is a dash', () => {
    const lines = toMarkdown({ node: '20.19.0', rows: [quietRow] }).split('\n');
    expect(lines[0]).toBe('### Node 20.19.0');
    expect(lines[2]).toBe(
      '| Scenario | Unit | raw epoll | Bun | ws | Tautline | Ratio | Aim | Tautline, `io: handle` | Ratio | Aim |',
    );
    expect(lines[4]).toBe(
      '| echo, 100 connections, 20 B, 1 in flight | µs per message | 4.25 | 5.50 | 10.0 | 8.00 | **0.80** (0.80 to 0.80) | ≤ 0.9: met | – | – | – |',
    );
    expect(lines.length).toBe(5);
  });

  it('says what is missed', () => {
    const row = rowOf('echo-20-1', { tautline: five(9.5), ws: five(10) });
    expect(toMarkdown({ node: '20.19.0', rows: [row] })).toContain('≤ 0.9: missed');
  });

  it('has the hub apart: it stands beside our own endpoint', () => {
    const hub = rowOf('hub-1000', { hub: five(5.5), tautline: five(5) });
    const lines = toMarkdown({ node: '20.19.0', rows: [quietRow, hub] }).split('\n');
    expect(lines.at(-1)).toBe(
      '| one to 1,000 through the hub, beside the bare endpoint | µs per delivery | 5.00 | 5.50 | **1.10** (1.10 to 1.10) | ≤ 1.15: met |',
    );
    expect(lines.at(-3)).toBe('| Scenario | Unit | Tautline | Tautline, hub | Ratio | Aim |');
  });

  it('says when the machine was too noisy to judge by it', () => {
    const row = rowOf('echo-20-1', { tautline: [5, 8, 9, 10, 20], ws: five(10) });
    const said = toMarkdown({ node: '20.19.0', rows: [row] });
    expect(said).toContain('too noisy');
    expect(said).toContain('**The machine was too noisy');
    expect(toMarkdown({ node: '20.19.0', rows: [quietRow] })).not.toContain('too noisy');
  });
});

describe('the figures behind the table', () => {
  it('are all there, with each pair and verdict', () => {
    const row = rowOf('chat-100', { tautline: [1, 1, 2], ws: [10, 20, 20] });
    const { rows } = JSON.parse(JSON.stringify(toJson({ node: '20.19.0', rows: [row] }))) as {
      rows: unknown[];
    };
    expect(rows[0]).toMatchObject({
      id: 'chat-100',
      peer: 'ws',
      ratios: [
        {
          subject: 'tautline',
          ratio: 0.05,
          pairs: [0.05, 0.1, 0.1],
          aim: 0.05,
          verdict: 'too noisy',
          reason: null,
        },
      ],
      figures: { tautline: [{ value: 1 }, { value: 1 }, { value: 2 }], handle: [null, null, null] },
    });
  });
});
