import { describe, expect, it } from 'vitest';
import { tellAll } from '../../../src/brokers/memory/telling.ts';

describe('telling', () => {
  it('reaches all, whoever throws, and then throws the first error', () => {
    const told: number[] = [];
    const tell = (listener: number) => {
      told.push(listener);
      if (listener > 1) {
        throw new Error(`error of ${listener}`);
      }
    };
    expect(() => tellAll([1, 2, 3, 1], tell)).toThrow('error of 2');
    expect(told).toEqual([1, 2, 3, 1]);
  });

  it('throws even what is no error', () => {
    const tell = () => {
      throw undefined;
    };
    let thrown: unknown = 'nothing';
    try {
      tellAll([1], tell);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(undefined);
  });
});
