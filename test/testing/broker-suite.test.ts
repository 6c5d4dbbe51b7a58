import { describe, expect, it } from 'vitest';
import { brokerCases } from '../../src/testing/broker-suite.ts';
import { memoryEngine } from './broker-suite/defects.ts';

describe('the suite for brokers', () => {
  it('has cases of every room, each of another name', () => {
    const names = brokerCases(memoryEngine()).map(({ name }) => name);
    const rooms = new Set(names.map((name) => name.split(': ', 1)[0]));
    expect([...rooms]).toEqual(['log', 'producers', 'state', 'claims', 'bus', 'stop', 'restart']);
    expect(new Set(names).size).toBe(names.length);
  });

  it('restarts only what can be restarted', () => {
    const { restart: _, ...engine } = memoryEngine();
    const all = brokerCases(memoryEngine()).map(({ name }) => name);
    const names = brokerCases(engine).map(({ name }) => name);
    expect(names).toEqual(all.filter((name) => !name.startsWith('restart: ')));
    expect(names.length).toBeLessThan(all.length);
  });

  it('runs each case on an engine of its own, and says what it found', async () => {
    const [first] = brokerCases(memoryEngine());
    await first!.run();
    await first!.run();
    const wrong = memoryEngine(() => ({}), { randomId: () => 'a:b' });
    await expect(brokerCases(wrong)[0]!.run()).rejects.toThrow(/^expected: an epoch of 1 to 64/);
  });
});
