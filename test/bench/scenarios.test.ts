import { describe, expect, it } from 'vitest';
import { jsonText } from '../../bench/payloads.ts';
import { reasons } from '../../bench/reasons.ts';
import { scenarios } from '../../bench/scenarios.ts';

describe('the scenarios', () => {
  it('have ids of their own', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  });

  it('have a small one of each kind for a run that only shows that it works', () => {
    const kindOf = (id: string): string => id.replace(/-[\d-]+$/, '');
    const all = new Set(scenarios.map(({ id }) => kindOf(id)));
    const small = scenarios.filter(({ once }) => once !== undefined).map(({ id }) => kindOf(id));
    expect([...all].filter((kind) => !small.includes(kind))).toEqual([]);
  });

  it('are what reasons are given for', () => {
    const known = scenarios.flatMap(({ id, ours }) => ours.map((name) => `${id}/${name}`));
    expect(Object.keys(reasons).filter((key) => !known.includes(key))).toEqual([]);
  });

  it('echo each size with one message in flight and with 16', () => {
    const ids = scenarios.map(({ id }) => id);
    for (const bytes of [20, 1024, 16_384, 1_048_576]) {
      expect(ids).toEqual(expect.arrayContaining([`echo-${bytes}-1`, `echo-${bytes}-16`]));
    }
  });

  it('aim only for what is measured', () => {
    for (const { ours, aims } of scenarios) {
      expect(Object.keys(aims).filter((name) => !ours.includes(name as never))).toEqual([]);
    }
  });

  it('compress 300 bytes', () => {
    expect(Buffer.byteLength(jsonText)).toBe(300);
  });
});
