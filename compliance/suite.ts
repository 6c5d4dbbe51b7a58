/**
 * The suite as tests: one for each case, against a subject in one role.
 * In: how to start the subject. Out: vitest's tests, and the report when all have run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listed, ours } from './cases/index.ts';
import type { Role, Transport } from './peer.ts';
import { writeReport } from './report.ts';
import { type Result, run, type Subject } from './run.ts';

export function conform(
  role: Role,
  start: () => Promise<Subject>,
  transport: Transport = 'HTTP/1.1',
): void {
  const results = new Map<string, Result>();
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(async () => {
    await subject.stop();
    writeReport({ role, transport }, results);
  });
  for (const { id, name, cases } of [...listed, ...ours]) {
    describe(`${id} ${name}`, () => {
      for (const each of cases) {
        it(`${role}: ${each.id} ${each.title}`, async () => {
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
