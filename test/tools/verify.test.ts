import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  judge,
  type Outcome,
  readCounts,
  runStep,
  runSteps,
  type Step,
  steps,
  summary,
} from '../../tools/verify.ts';

const step = (name: string): Step => ({ name, command: ['true'] });
const outcome = (name: string, more: Partial<Outcome> = {}): Outcome => ({
  step: name,
  seconds: 1.25,
  counts: undefined,
  failure: undefined,
  ...more,
});

describe('the steps', () => {
  it('are these, in this order', () => {
    expect(steps.map(({ name }) => name)).toEqual([
      'prepare',
      'build',
      'types',
      'lint',
      'tidy',
      'packed',
      'quick tests',
      'full tests',
      'measured tests',
      'simulation',
      'fuzz',
      'bench, once and short',
    ]);
  });

  it('fuzz for a minute in all, and run the bench once without judging', () => {
    const commands = new Map(steps.map(({ name, command }) => [name, command.join(' ')]));
    expect(commands.get('fuzz')).toBe('npm run fuzz -- --seconds 60');
    expect(commands.get('bench, once and short')).toBe('npm run bench -- --once');
  });

  it('that run a script run one that is there', () => {
    const { scripts } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { scripts: Record<string, string> };
    const named = steps
      .filter(({ command }) => command[0] === 'npm')
      .map(({ command }) => command[2]!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('the first that fails is the last that is run', async () => {
    const run: string[] = [];
    const outcomes = await runSteps([step('a'), step('b'), step('c')], async ({ name }) => {
      run.push(name);
      return outcome(name, name === 'b' ? { failure: 'exit code 2' } : {});
    });
    expect(run).toEqual(['a', 'b']);
    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, 'exit code 2']);
  });
});

describe('what became of a step', () => {
  const counts = { passed: 3, failed: 0, left: 0 };

  it('exit code 0 stands, with tests when all of them passed', () => {
    expect(judge(0, undefined)).toBeUndefined();
    expect(judge(0, counts)).toBeUndefined();
  });

  it('any other exit code fails, whatever was counted', () => {
    expect(judge(2, counts)).toBe('exit code 2');
    expect(judge(null, undefined)).toBe('it was ended from outside');
  });

  it('a failed test, a skipped test and no test at all fail, whatever the exit code', () => {
    expect(judge(0, { ...counts, failed: 1 })).toBe('1 tests failed');
    expect(judge(0, { ...counts, left: 2 })).toBe(
      '2 tests were skipped, which is not allowed here',
    );
    expect(judge(0, { passed: 0, failed: 0, left: 0 })).toBe('not one test was run');
  });

  it('the counts are those of the report', () => {
    const report = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 3 };
    expect(readCounts(JSON.stringify(report))).toEqual({ passed: 7, failed: 1, left: 5 });
  });

  it('a report without a count is refused', () => {
    expect(() => readCounts('{ "numPassedTests": 7 }')).toThrow('has no numFailedTests');
  });
});

describe('running a step', { timeout: 60_000 }, () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'verify-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const report = { numPassedTests: 2, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  const node = (program: string): Step => ({
    name: 'tests',
    command: [process.execPath, '-e', program],
    counts: 'counts.json',
  });

  it('counts the tests of its report', async () => {
    const write = `fs.writeFileSync('counts.json', '${JSON.stringify(report)}')`;
    const { counts, failure } = await runStep(root, node(write));
    expect(counts).toEqual({ passed: 2, failed: 0, left: 0 });
    expect(failure).toBeUndefined();
  });

  it('does not count a report of an earlier run', async () => {
    writeFileSync(join(root, 'counts.json'), JSON.stringify(report));
    const { counts, failure } = await runStep(root, node(''));
    expect(counts).toBeUndefined();
    expect(failure).toContain('ENOENT');
  });

  it('fails with the exit code of its program', async () => {
    expect((await runStep(root, node('process.exit(3)'))).failure).toBe('exit code 3');
  });
});

describe('the summary', () => {
  it('ends with the tests of all steps, when every step stands', () => {
    expect(
      summary(
        [
          outcome('lint'),
          outcome('quick tests', { counts: { passed: 100, failed: 0, left: 0 } }),
          outcome('full tests', { seconds: 61, counts: { passed: 23, failed: 0, left: 0 } }),
        ],
        [step('lint'), step('quick tests'), step('full tests')],
      ),
    ).toEqual([
      'lint            1.3 s',
      'quick tests     1.3 s',
      'full tests     61.0 s',
      'in all         63.5 s',
      '123 passed, 0 failed',
    ]);
  });

  it('ends with the step that failed, and never with a count that looks like success', () => {
    expect(
      summary(
        [outcome('types'), outcome('lint', { failure: 'exit code 1' })],
        [step('types'), step('lint'), step('tidy')],
      ),
    ).toEqual([
      'types      1.3 s',
      'lint       1.3 s  failed',
      'tidy     not run',
      'in all     2.5 s',
      'verify failed at the step "lint": exit code 1. What follows it was not run.',
    ]);
  });
});
