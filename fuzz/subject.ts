/**
 * What is fuzzed: the modules of src/protocol, either as they stand or as instrument.ts wrote them.
 */
import * as protocol from '../src/protocol/index.ts';
import * as utf8 from '../src/protocol/message/utf8.ts';

export interface Subject {
  readonly protocol: typeof protocol;
  readonly utf8: typeof utf8;
  /** How often each statement, branch and function was reached since they were last cleared; empty when nobody counts. */
  readonly counters: Uint32Array;
}

/** The sources as they stand: to replay a corpus, and for tests. */
export const plainSubject: Subject = { protocol, utf8, counters: new Uint32Array(0) };
