/**
 * An open connection that only listens: whatever a peer sends, in whatever pieces.
 * In: one byte that chooses the limits, then the peer's bytes. Promises: nothing is thrown; any chunking, and pausing after
 * each event, gives the same events and the same answers; both are what the oracle says; memory stays within the limits.
 */
import { frameWords } from '../dictionary.ts';
import { reshapeFrames } from '../frames.ts';
import { Log } from '../log.ts';
import { splice } from '../mutate.ts';
import { judge, type OracleLimits, type Role, readAnswers } from '../oracle.ts';
import { hashOf, Random } from '../random.ts';
import { Recorder } from '../recorder.ts';
import type { Subject } from '../subject.ts';
import { hold, type Target } from './target.ts';

type Connection = InstanceType<Subject['protocol']['Connection']>;
type Options = ReturnType<Subject['protocol']['connectionOptions']>;

function limits(message: number, frame: number, fragments: number, charge: number): OracleLimits {
  return {
    maxMessageBytes: message,
    maxFrameBytes: frame,
    maxFragments: fragments,
    fragmentChargeBytes: charge,
  };
}

/** Small, so that inputs reach them. */
export const limitChoices: readonly OracleLimits[] = [
  limits(4096, 4096, 1000, 0),
  limits(64, 48, 4, 4),
  limits(300, 300, 3, 64),
  limits(1000, 130, 20, 1),
  limits(0, 0, 1, 0),
  limits(20, 4096, 1000, 8),
  limits(100_000, 100_000, 65_536, 64),
  limits(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 7, 0),
];

/** A connection over `recorder`, with masking keys that are always the same. */
export function openConnection(
  { protocol }: Subject,
  role: Role,
  recorder: Recorder,
  options: Options,
): Connection {
  const keys = new protocol.MaskKeys((into) => into.fill(0x5a));
  return new protocol.Connection(role, recorder, options, 0, { keys });
}

/** Looks after each byte at the memory that a message under way takes, and counts how often it was moved. */
class MemoryWatch {
  private bytes: Uint8Array | undefined;
  private growths = 0;

  look(connection: Connection, maxMessageBytes: number): void {
    const assembler = connection['receiver']['assembler'];
    if (assembler === undefined || !assembler.isOpen) {
      this.bytes = undefined;
      this.growths = 0;
      return;
    }
    const { bytes } = assembler;
    hold(bytes.length <= maxMessageBytes, 'a message takes no more memory than its limit');
    if (bytes !== this.bytes && this.bytes !== undefined) {
      this.growths += 1;
      // Doubling from 256 bytes on, and exact at the last: more steps than that copy each byte too often.
      const steps = 3 + Math.max(0, Math.log2(bytes.length / 256));
      hold(this.growths <= steps, `a message of ${bytes.length} bytes grows in few steps`);
    }
    this.bytes = bytes;
  }
}

/** How the pieces of one run are cut. `pauses`: the application suspends at each event and resumes after each piece. */
interface Feeding {
  readonly name: string;
  readonly size: (random: Random, left: number) => number;
  readonly pauses: boolean;
}

const inOnePiece: Feeding = { name: 'in one piece', size: (_random, left) => left, pauses: false };
const byteByByte: Feeding = { name: 'byte by byte', size: () => 1, pauses: false };
const others: readonly Feeding[] = [
  byteByByte,
  { name: 'in pieces', size: (random, left) => random.small(0, left), pauses: false },
  { name: 'in pieces, with pauses', size: (random, left) => random.small(1, left), pauses: true },
];

/** Of an input. */
const maxBytes = 1024;

export function connectionTarget(subject: Subject, role: Role): Target {
  const first = new Recorder();
  const again = new Recorder();
  const options = limitChoices.map((limits) => subject.protocol.connectionOptions(limits));
  const verdict = { log: new Log(), answers: new Log() };
  const answers = new Log();
  // Chunks are overwritten as soon as they were taken: nobody may keep them.
  const scratch = new Uint8Array(maxBytes);
  const one = new Uint8Array(1);

  function feed(stream: Uint8Array, choice: Options, how: Feeding, recorder: Recorder): void {
    recorder.clear();
    const connection = openConnection(subject, role, recorder, choice);
    const random = new Random(hashOf(stream));
    const memory = new MemoryWatch();
    if (how.pauses) {
      recorder.whenTold = () => connection.suspend();
    }
    scratch.set(stream);
    for (let at = 0; at < stream.length; ) {
      const size = Math.min(how.size(random, stream.length - at), stream.length - at);
      if (how === byteByByte) {
        one[0] = stream[at]!;
        connection.receive(one, 0);
      } else {
        connection.receive(scratch.subarray(at, at + size), 0);
        scratch.fill(0xee, at, at + size);
      }
      at += size;
      if (how === byteByByte) {
        memory.look(connection, choice.maxMessageBytes);
      }
      while (connection.isSuspended) {
        hold(connection.heldBytes <= stream.length, 'no more is held than came');
        connection.resume(0);
      }
    }
    connection.end(0);
  }

  return {
    name: role,
    words: frameWords,
    maxBytes,
    stepsPerByte: 1500,
    stepsAtLeast: 20_000,
    reshape: (input, random) =>
      splice(
        input.subarray(0, 1),
        Math.min(1, input.length),
        0,
        reshapeFrames(input.slice(1), role === 'server', random),
      ),
    run(whole) {
      const input = whole.subarray(0, maxBytes);
      const choice = options[(input[0] ?? 0) % options.length]!;
      const stream = input.subarray(1);
      feed(stream, choice, inOnePiece, first);
      verdict.log.clear();
      verdict.answers.clear();
      answers.clear();
      judge(stream, role, choice, verdict);
      const wrong = readAnswers(first.output, role, answers);
      hold(wrong === undefined, 'what is put out is frames', () => wrong!);
      agree(first.log, verdict.log, 'what is told is what the oracle says');
      agree(answers, verdict.answers, 'what is answered is what the oracle says');
      for (const how of others) {
        feed(stream, choice, how, again);
        agree(again.log, first.log, `the same is told ${how.name}`);
        hold(Buffer.compare(again.output, first.output) === 0, `the same is put out ${how.name}`);
        hold(again.why?.fault?.name === first.why?.fault?.name, `the same fault ${how.name}`);
      }
    },
  };
}

function agree(seen: Log, expected: Log, promise: string): void {
  hold(seen.equals(expected), promise, () =>
    ['seen:', ...seen.lines(), 'expected:', ...expected.lines()].join('\n'),
  );
}
