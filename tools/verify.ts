/**
 * Everything that must hold before a change is done, in one command: `npm run verify`.
 * In: the project on any machine. Out: the steps with their times and, last, `N passed, 0 failed`; or which step failed, and
 * exit code 1. The steps run in order and the first that fails ends it. A test that was skipped is one that failed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Where the tests write what became of them, if these are tests. */
  readonly counts?: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Skipped, or only announced. */
  readonly left: number;
}

export interface Outcome {
  readonly step: string;
  readonly seconds: number;
  readonly counts: Counts | undefined;
  /** What went wrong, if anything did. */
  readonly failure: string | undefined;
}

/** Nothing that is built, and never committed. */
const notes = '.build/verify';

export const steps: readonly Step[] = [
  { name: 'prepare', command: ['npx', 'tsx', 'tools/prepare.ts'] },
  { name: 'build', command: ['npm', 'run', 'build'] },
  { name: 'types', command: ['npm', 'run', 'types'] },
  { name: 'lint', command: ['npm', 'run', 'lint'] },
  { name: 'tidy', command: ['npm', 'run', 'tidy'] },
  { name: 'packed', command: ['npx', 'tsx', 'tools/packed.ts'] },
  tests('quick'),
  tests('full'),
  tests('measured'),
  // As many universes as there is time for; millions of others at night.
  { name: 'simulation', command: ['npm', 'run', 'simulate', '--', '--seeds', '10000'] },
  // Over all targets together; `npm run fuzz` goes on from there for as long as one likes.
  { name: 'fuzz', command: ['npm', 'run', 'fuzz', '--', '--seconds', '60'] },
  // That the command works. So short a run says nothing about speed, and nothing is judged by it.
  { name: 'bench, once and short', command: ['npm', 'run', 'bench', '--', '--once'] },
];

function tests(project: string): Step {
  const counts = `${notes}/${project}.json`;
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${counts}`];
  const command = ['npx', 'vitest', 'run', '--project', project, ...reports];
  return { name: `${project} tests`, command, counts };
}

/** Reads what vitest wrote. @throws {Error} When it is not that: no number is ever made up. */
export function readCounts(report: string): Counts {
  const fields = JSON.parse(report) as Record<string, unknown>;
  const number = (name: string): number => {
    const value = fields[name];
    if (typeof value !== 'number') {
      throw new Error(`the report of the tests has no ${name}`);
    }
    return value;
  };
  return {
    passed: number('numPassedTests'),
    failed: number('numFailedTests'),
    left: number('numPendingTests') + number('numTodoTests'),
  };
}

/** Why a step cannot stand, or undefined. */
export function judge(code: number | null, counts: Counts | undefined): string | undefined {
  if (code !== 0) {
    return code === null ? 'it was ended from outside' : `exit code ${code}`;
  }
  if (counts === undefined) {
    return undefined;
  }
  if (counts.failed > 0) {
    return `${counts.failed} tests failed`;
  }
  if (counts.left > 0) {
    return `${counts.left} tests were skipped, which is not allowed here`;
  }
  return counts.passed === 0 ? 'not one test was run' : undefined;
}

/** Runs the steps up to the first failure. */
export async function runSteps(
  list: readonly Step[],
  run: (step: Step) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of list) {
    const outcome = await run(step);
    outcomes.push(outcome);
    if (outcome.failure !== undefined) {
      break;
    }
  }
  return outcomes;
}

/** The table and, below it, the line that counts. */
export function summary(outcomes: readonly Outcome[], list: readonly Step[]): string[] {
  const total = 'in all';
  const width = Math.max(total.length, ...list.map(({ name }) => name.length));
  const rows = list.map(({ name }) => {
    const outcome = outcomes.find(({ step }) => step === name);
    const time = outcome === undefined ? 'not run' : `${outcome.seconds.toFixed(1)} s`;
    const mark = outcome?.failure === undefined ? '' : '  failed';
    return `${name.padEnd(width)}  ${time.padStart(8)}${mark}`;
  });
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const failed = outcomes.find(({ failure }) => failure !== undefined);
  const counts = outcomes.flatMap((outcome) => outcome.counts ?? []);
  const add = (pick: (counts: Counts) => number): number =>
    counts.reduce((sum, next) => sum + pick(next), 0);
  return [
    ...rows,
    `${total.padEnd(width)}  ${`${seconds.toFixed(1)} s`.padStart(8)}`,
    failed === undefined
      ? `${add(({ passed }) => passed)} passed, ${add((next) => next.failed)} failed`
      : `verify failed at the step "${failed.step}": ${failed.failure}. What follows it was not run.`,
  ];
}

/** What the program says goes to the terminal as it comes. */
export async function runStep(root: string, step: Step): Promise<Outcome> {
  const beganMs = performance.now();
  const report = step.counts === undefined ? undefined : join(root, step.counts);
  if (report !== undefined) {
    rmSync(report, { force: true });
  }
  const code = await exitCodeOf(root, step.command);
  const seconds = (performance.now() - beganMs) / 1000;
  try {
    const counts = report === undefined ? undefined : readCounts(readFileSync(report, 'utf8'));
    return { step: step.name, seconds, counts, failure: judge(code, counts) };
  } catch (error) {
    // Without a report there are no numbers, and nothing that could stand for them.
    const failure = judge(code, undefined) ?? String(error);
    return { step: step.name, seconds, counts: undefined, failure };
  }
}

function exitCodeOf(root: string, [program, ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function verify(root: string): Promise<number> {
  mkdirSync(join(root, notes), { recursive: true });
  const outcomes = await runSteps(steps, (step) => {
    console.log(`\n== ${step.name}: ${step.command.join(' ')}`);
    return runStep(root, step);
  });
  console.log(`\n${summary(outcomes, steps).join('\n')}`);
  return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await verify(fileURLToPath(new URL('..', import.meta.url)));
}
