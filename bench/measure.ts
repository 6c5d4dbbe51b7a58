/**
 * Scenarios against subjects, interleaved: in each round every subject that is compared has its turn, in a new process, so that the
 * machine's drift meets all of them.
 * In: scenarios, and how often and how long. Out: figures. Fails: as a server or the load does.
 */
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import type { Tools } from './build.ts';
import { loadCore, pinned } from './pin.ts';
import type { Scenario } from './scenarios.ts';
import { fewestPairs } from './statistics.ts';
import { Absent, type SubjectName, startSubject } from './subjects.ts';

export interface Figure {
  readonly value: number;
  /** What happened per second, and how much of a core each side had: to judge whether it was a real load. */
  readonly perSecond?: number;
  readonly serverShare?: number;
  readonly loadShare?: number;
}

export interface Row {
  readonly scenario: Scenario;
  /** One for each round that the subject was in; undefined for a subject that is not to be had. */
  readonly figures: ReadonlyMap<SubjectName, readonly (Figure | undefined)[]>;
}

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  readonly isOnce: boolean;
  /** The Node under test. */
  readonly node: string;
  readonly tools: Tools;
}

/** What the load answers when the server does not speak what is measured. */
const notSpoken = 3;
/** Who is only shown beside the others, and judged by nothing, is in the first round alone. */
const otherRounds = 1;

export async function measure(scenario: Scenario, plan: Plan): Promise<Row> {
  const compared = [...scenario.ours, scenario.peer];
  const names = [...compared, ...scenario.others];
  const figures = new Map<SubjectName, (Figure | undefined)[]>(names.map((name) => [name, []]));
  const rounds = scenario.isBrief ? Math.min(plan.rounds, fewestPairs) : plan.rounds;
  for (let round = 0; round < rounds; round += 1) {
    const present = round < otherRounds ? names : compared;
    // Whoever is first in one round is last in the next.
    for (const name of round % 2 === 0 ? present : [...present].reverse()) {
      const list = figures.get(name)!;
      // What was not to be had once is not asked for again.
      const isMissing = round > 0 && list[0] === undefined;
      list.push(isMissing ? undefined : await measureOne(scenario, name, plan));
    }
  }
  return { scenario, figures };
}

async function measureOne(
  scenario: Scenario,
  name: SubjectName,
  plan: Plan,
): Promise<Figure | undefined> {
  try {
    const subject = await startSubject(name, scenario.needs, plan);
    try {
      const { port, pid } = subject;
      const where = ['--port', `${port}`, '--pid', `${pid}`];
      const long = ['--seconds', `${plan.seconds}`, '--warm', `${plan.warmSeconds}`];
      const small = plan.isOnce ? (scenario.once ?? []) : [];
      return await runLoad(plan.tools.load, [...where, ...long, ...scenario.load(name), ...small]);
    } finally {
      await subject.stop();
    }
  } catch (error) {
    if (error instanceof Absent) {
      return undefined;
    }
    throw new Error(`${scenario.id}, ${name}`, { cause: error });
  }
}

async function runLoad(load: string, args: readonly string[]): Promise<Figure> {
  const [program, ...words] = pinned(loadCore, [load, ...args]);
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [said, complaint, code] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    ended,
  ]);
  if (code === notSpoken) {
    throw new Absent(complaint.toString());
  }
  if (code !== 0) {
    throw new Error(`the load ended with ${code}: ${complaint.toString()}`);
  }
  return JSON.parse(said.toString()) as Figure;
}
