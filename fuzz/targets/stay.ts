/**
 * One connection in use, and what must hold of it at any time.
 * In: calls that are made on it. Out: nothing. Fails: with a finding, when a promise is broken.
 */
import { kinds } from '../log.ts';
import type { Role } from '../oracle.ts';
import type { Recorder } from '../recorder.ts';
import type { Subject } from '../subject.ts';
import { limitChoices, openConnection } from './connection.ts';
import type { Call } from './program.ts';
import { hold } from './target.ts';

const ranks = { open: 0, closeSent: 1, closeDone: 2, failing: 2, gone: 3 } as const;
const mostHeldBytes = 1024 * 1024;
/** Short, so that a program reaches all of them. */
const timings = {
  pingAfterMs: 1000,
  pongWithinMs: 300,
  stalledMs: 2000,
  idleMs: 10_000,
  closeWithinMs: 500,
  progressWindowMs: 700,
} as const;
/** Faults that are found in what a peer does not send. */
const fromSilence: ReadonlySet<unknown> = new Set([
  'PONG_MISSING',
  'MESSAGE_TOO_SLOW',
  'IDLE_TOO_LONG',
]);

export class Stay {
  readonly subject: Subject;
  readonly connection: ReturnType<typeof openConnection>;
  readonly recorder: Recorder;
  nowMs = 0;
  /** Between the first fragment that was sent and the last. */
  sendsFragments = false;
  /** What the application does from inside the next thing it is told. */
  inside: Call | undefined;
  /** All that was received. */
  readonly received: Uint8Array[] = [];

  /** Whether it may be sent very much: that takes long, so it is only tried with one choice in sixteen. */
  readonly mayFlood: boolean;

  private readonly perform: (stay: Stay, call: Call) => void;
  private rank = 0;
  /** Time ended it while it was suspended. */
  private endedUnread = false;

  constructor(
    subject: Subject,
    recorder: Recorder,
    { role, choice }: { role: Role; choice: number },
    perform: (stay: Stay, call: Call) => void,
  ) {
    this.subject = subject;
    this.recorder = recorder;
    this.perform = perform;
    this.mayFlood = choice % 16 === 9;
    recorder.clear();
    const limits = limitChoices[choice % limitChoices.length]!;
    const options = subject.protocol.connectionOptions({ ...limits, ...timings });
    this.connection = openConnection(subject, role, recorder, options);
    recorder.whenTold = (kind) => this.told(kind);
  }

  get isOpen(): boolean {
    return this.connection.phase === 'open';
  }

  /** Makes `call`, which must throw a UsageError with `code`, or nothing when that is undefined. */
  attempt(code: string | undefined, call: () => void): void {
    let thrown: string | undefined;
    try {
      call();
    } catch (error) {
      if (!(error instanceof this.subject.protocol.UsageError)) {
        throw error;
      }
      thrown = error.code;
    }
    hold(thrown === code, 'a misuse, and nothing else, is thrown', () => `${thrown}, not ${code}`);
  }

  /** What holds between any two calls. */
  check(): void {
    const { connection, recorder } = this;
    const rank = ranks[connection.phase];
    hold(rank >= this.rank, 'a connection never goes back');
    this.rank = rank;
    hold(recorder.closings === (rank === 0 ? 0 : 1), 'closing is told once, when it begins');
    hold(recorder.ends === (rank === 3 ? 1 : 0), 'closed is told once, at the end');
    hold(connection.heldBytes <= mostHeldBytes, 'what is held has a limit');
    hold(rank < 3 || connection.deadlineMs === Number.POSITIVE_INFINITY, 'then nothing is due');
  }

  /** Time goes on to `nowMs`, and what is due is done. */
  wait(nowMs: number): void {
    const { connection, recorder } = this;
    const earlyMs = Math.min(nowMs, connection.deadlineMs) - 1;
    if (earlyMs >= this.nowMs) {
      const before = recorder.log.end;
      connection.expire(earlyMs);
      hold(recorder.log.end === before, 'nothing happens before its time');
    }
    this.nowMs = nowMs;
    const wasUnread = connection.isSuspended && this.isOpen;
    for (let turns = 0; connection.deadlineMs <= nowMs; turns += 1) {
      hold(turns < 10, 'what was due is done and not due again');
      connection.expire(nowMs);
    }
    this.endedUnread ||= wasUnread && !this.isOpen;
  }

  /** The transport ends, and the reason is told. */
  end(): void {
    this.connection.end(this.nowMs);
    this.check();
    const name = this.recorder.why?.fault?.name;
    const isBlamed = this.endedUnread && fromSilence.has(name);
    hold(!isBlamed, 'a peer that is not read is not blamed', () => String(name));
  }

  private told(kind: number): void {
    const { connection, recorder } = this;
    hold(recorder.ends === 0 || kind === kinds.closed, 'after closed nothing is told');
    const isHeard = kind < kinds.owed;
    hold(!isHeard || !connection.isSuspended, 'a suspended connection tells nothing');
    const call = this.inside;
    this.inside = undefined;
    if (call !== undefined) {
      this.perform(this, call);
    }
  }
}
