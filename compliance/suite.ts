/**
 * The suite as tests: one for each case, against a subject in one role.
 * In: how to start the subject. Out: vitest's tests, and the report when all have run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listed, ours } from './cases/index.ts';
import type { Role } from './peer.ts';
import { writeReport } from './report.ts';
import { type Result, run, type Subject } from './run.ts';
import type { Case } from './script.ts';

interface Choice {
  /** Of the subject, where there is another in its role. @default the role */
  readonly name?: string;
  /** Which cases are meant. @default all */
  readonly isMeant?: (each: Case) => boolean;
}

export function conform(
  role: Role,
  start: () => Promise<Subject>,
  { name = role, isMeant = () => true }: Choice = {},
): void {
  const results = new Map<string, Result>();
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(async () => {
    await subject.stop();
    writeReport({ name, role }, results);
  });
  for (const { id, name: title, cases: all } of [...listed, ...ours]) {
    const cases = all.filter(isMeant);
    if (cases.length === 0) {
      continue;
    }
    describe(`${id} ${title}`, () => {
      for (const each of cases) {
        it(`${name}: ${each.id} ${each.title}`, async () => {
          const result = await run(each, subject);
          results.set(each.id, result);
          const { verdict, reasons } = result;
          const asked = each.informational
            ? { verdict: 'INFORMATIONAL', reasons }
            : { verdict: 'OK', reasons: [] };
          expect({ verdict, reasons }).toEqual(asked);
        });
      }
    });
  }
}
