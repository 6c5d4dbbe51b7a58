import { describe, expect, it } from 'vitest';
import { filler, paceCollector } from '../../src/endpoint/pace-collector.ts';

const isNeeded = Number.parseInt(process.versions.v8, 10) >= 13;

describe('the pace of the collector', () => {
  it('makes new objects in proportion to what lies outside of the heap, where V8 counts that as old', () => {
    paceCollector(65_536);
    expect(filler.length).toBe(isNeeded ? 2048 : 0);
  });

  it('makes none that V8 would put among the old ones', () => {
    paceCollector(64 * 1024 * 1024);
    expect(filler.length).toBe(isNeeded ? 8192 : 0);
  });
});
