/**
 * An open connection in use: its methods in any order, from inside its own callbacks too, between pieces of a peer's bytes,
 * while time passes.
 * In: one byte for the role and the limits, then a program. Promises: a misuse throws its UsageError and nothing else is
 * thrown; what is told and put out keeps to the closing handshake, to suspension and to the clock (see stay.ts); what is told is
 * never anything that the oracle would not tell.
 */
import { frameWords } from '../dictionary.ts';
import { Log } from '../log.ts';
import { splice } from '../mutate.ts';
import { judge, type Role, readAnswers } from '../oracle.ts';
import { Recorder } from '../recorder.ts';
import type { Subject } from '../subject.ts';
import { limitChoices, openConnection } from './connection.ts';
import { type Call, type CallName, readProgram, reshapeProgram } from './program.ts';
import { Stay } from './stay.ts';
import { hold, type Target } from './target.ts';

/** Sizes at the edges of the header, and of what is handed over by reference; every other argument is a size itself. */
const sizes: readonly number[] = [0, 125, 126, 127, 65_535, 65_536, 16_383, 16_384];
const texts: readonly string[] = ['', 'a', '\u00e9\u20ac\u{1f600}', '\ud800', '\udc00a', '\ufeff'];
const goodCodes: readonly number[] = [1000, 1001, 1011, 1014, 3000, 4999];
const badCodes: readonly number[] = [
  0, -1, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 3000.5, 66_536,
];
const codes: readonly (number | undefined)[] = [undefined, ...goodCodes, ...badCodes];
const reasons: readonly (readonly [reason: string, bytes: number])[] = [
  ['', 0],
  ['bye', 3],
  ['x'.repeat(123), 123],
  ['x'.repeat(124), 124],
  ['\u20ac'.repeat(41), 123],
  ['\ud800'.repeat(42), 126],
];
/** Two of them are more than may be held. */
const flood: Uint8Array = new Uint8Array(600 * 1024).fill(0xff);
const waitsMs: readonly number[] = [0, 1, 299, 300, 301, 500, 700, 999, 1000, 2000, 10_000];

function pick<Value>(values: readonly Value[], argument: number | undefined): Value {
  return values[(argument ?? 0) % values.length]!;
}

function payload(argument: number | undefined): Uint8Array {
  return new Uint8Array(sizes[argument ?? 0] ?? argument ?? 0).fill(0x61);
}

/** What sending a message must throw. */
function refusal(stay: Stay): string | undefined {
  if (!stay.isOpen) return 'SEND_AFTER_CLOSE';
  return stay.sendsFragments ? 'FRAGMENT_OUT_OF_ORDER' : undefined;
}

function control(stay: Stay, bytes: Uint8Array, send: (bytes: Uint8Array) => void): void {
  const tooLong = bytes.length > 125 ? 'CONTROL_TOO_LONG' : undefined;
  stay.attempt(stay.isOpen ? tooLong : 'SEND_AFTER_CLOSE', () => send(bytes));
}

function receive(stay: Stay, bytes: Uint8Array): void {
  const { connection } = stay;
  const listens = stay.isOpen || connection.phase === 'closeSent';
  const isTooMuch = connection.isSuspended && connection.heldBytes + bytes.length > 1024 * 1024;
  const code = listens && isTooMuch ? 'RECEIVE_WHILE_SUSPENDED' : undefined;
  if (listens && !isTooMuch) {
    stay.received.push(bytes);
  }
  // What is only held is not written to.
  const chunk = connection.isSuspended ? bytes : bytes.slice();
  stay.attempt(code, () => connection.receive(chunk, stay.nowMs));
}

const actions: Readonly<Record<CallName, (stay: Stay, args: Uint8Array) => void>> = {
  receive,
  sendText(stay, [which]) {
    stay.attempt(refusal(stay), () => stay.connection.sendText(pick(texts, which)));
  },
  sendBytes(stay, [size]) {
    stay.attempt(refusal(stay), () => stay.connection.sendBytes(payload(size)));
  },
  sendPrepared(stay, [which]) {
    const message = new stay.subject.protocol.PreparedMessage(pick(texts, which));
    stay.attempt(refusal(stay), () => stay.connection.sendPrepared(message));
  },
  sendFragment(stay, [size, how = 0]) {
    const [first, last, text] = [(how & 1) !== 0, (how & 2) !== 0, (how & 4) !== 0];
    const misplaced = first === stay.sendsFragments ? 'FRAGMENT_OUT_OF_ORDER' : undefined;
    const code = stay.isOpen ? misplaced : 'SEND_AFTER_CLOSE';
    stay.sendsFragments = code === undefined ? !last : stay.sendsFragments;
    stay.attempt(code, () => stay.connection.sendFragment(payload(size), { first, last, text }));
  },
  ping(stay, [size]) {
    control(stay, payload(size), (bytes) => stay.connection.ping(bytes, stay.nowMs));
  },
  pong(stay, [size]) {
    control(stay, payload(size), (bytes) => stay.connection.pong(bytes));
  },
  close(stay, [which, why]) {
    const code = pick(codes, which);
    const [reason, bytes] = pick(reasons, why);
    const isCode = code === undefined ? reason === '' : goodCodes.includes(code);
    const tooLong = bytes > 123 ? 'CLOSE_REASON_TOO_LONG' : undefined;
    const expected = isCode ? tooLong : 'CLOSE_CODE_INVALID';
    stay.attempt(expected, () => stay.connection.close(code, reason, stay.nowMs));
  },
  suspend: ({ connection }) => connection.suspend(),
  resume: ({ connection, nowMs }) => connection.resume(nowMs),
  wait: (stay, [which]) => stay.wait(stay.nowMs + pick(waitsMs, which)),
  block({ recorder }) {
    recorder.isBlocked = true;
  },
  drain({ recorder, connection, nowMs }) {
    recorder.isBlocked = false;
    connection.drained(nowMs);
  },
  fail({ connection, subject, nowMs }, [which = 0]) {
    const { READS_TOO_SLOWLY, PONG_MISSING } = subject.protocol.faults;
    connection.failWith(which % 2 === 0 ? READS_TOO_SLOWLY : PONG_MISSING, nowMs);
  },
  endOfInput: ({ connection, nowMs }) => connection.endOfInput(nowMs),
  end: ({ connection, nowMs }) => connection.end(nowMs),
  flood(stay) {
    if (stay.connection.isSuspended && stay.mayFlood) {
      receive(stay, flood);
    }
  },
};

/** What only the one who drives a connection calls, and never from inside its callbacks. */
const outside: ReadonlySet<CallName> = new Set(['receive', 'flood', 'wait']);

function perform(stay: Stay, { name, isInside, bytes }: Call): void {
  if (!isInside || !outside.has(name)) {
    actions[name](stay, bytes);
  }
}

export function callsTarget(subject: Subject): Target {
  const recorder = new Recorder();
  const peerRecorder = new Recorder();
  const verdict = { log: new Log(), answers: new Log() };

  /** What we put out is what a peer of ours takes. */
  function checkOutput(output: Uint8Array, role: Role): void {
    const wrong = readAnswers(output, role, new Log());
    hold(wrong === undefined, 'what is put out is frames, none after a Close', () => wrong!);
    peerRecorder.clear();
    const other = role === 'server' ? 'client' : 'server';
    const peer = openConnection(subject, other, peerRecorder, subject.protocol.connectionDefaults);
    peer.receive(output.slice(), 0);
    hold(peer.phase !== 'failing', 'a peer takes what is put out');
  }

  return {
    name: 'calls',
    words: frameWords,
    maxBytes: 1024,
    stepsPerByte: 100_000,
    stepsAtLeast: 10_000_000,
    reshape(input, random) {
      const head = input.length > 0 ? input.slice(0, 1) : Uint8Array.of(0);
      const isServer = head[0]! < 128;
      return splice(head, 1, 0, reshapeProgram(input.slice(1), isServer, random));
    },
    run(input) {
      const choice = input[0] ?? 0;
      const role = choice < 128 ? 'server' : 'client';
      const stay = new Stay(subject, recorder, { role, choice }, perform);
      for (const call of readProgram(input.subarray(1))) {
        if (call.isInside) {
          stay.inside = call;
        } else {
          perform(stay, call);
        }
        stay.check();
      }
      stay.inside = undefined;
      stay.end();
      checkOutput(recorder.output, role);
      verdict.log.clear();
      verdict.answers.clear();
      const limits = limitChoices[choice % limitChoices.length]!;
      judge(Buffer.concat(stay.received), role, limits, verdict);
      const told = recorder.log.heard();
      hold(told.begins(verdict.log.heard()), 'nothing is told but what the oracle tells', () =>
        [...told.lines(), 'expected:', ...verdict.log.heard().lines()].join('\n'),
      );
    },
  };
}
