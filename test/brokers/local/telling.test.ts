import { describe, expect, it } from 'vitest';
import { tellAll, tellPresent } from '../../../src/brokers/local/telling.ts';

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

describe('telling those who are present', () => {
  it('leaves out who left before their turn, and does not tell twice who came back', () => {
    const listeners = new Set(['a', 'b', 'c']);
    const told: string[] = [];
    tellPresent(listeners, (name) => {
      told.push(name);
      if (name === 'a') {
        listeners.delete('b');
        listeners.delete('a');
        listeners.add('a');
        listeners.add('late');
      }
    });
    expect(told).toEqual(['a', 'c']);
  });
});
