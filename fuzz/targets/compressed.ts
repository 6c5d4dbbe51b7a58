/**
 * An open connection that agreed on compression and only listens, over a codec that takes its time.
 * In: one byte for the role and the limits, then the peer's bytes. Promises: nothing is thrown; any chunking, any pausing and any delay
 * of the codec's answers give the same events and the same output; nothing is told while a message is inflated; memory stays
 * within the limits. zlib itself is not fuzzed here: the codec is a toy, whose payloads a fuzzer can write.
 */
import type { Compression, Inflated } from '../../src/protocol/index.ts';
import { frameWords } from '../dictionary.ts';
import { reshapeFrames } from '../frames.ts';
import { splice } from '../mutate.ts';
import { hashOf, Random } from '../random.ts';
import { Recorder } from '../recorder.ts';
import type { Subject } from '../subject.ts';
import { limitChoices } from './connection.ts';
import { hold, type Target } from './target.ts';

type Connection = InstanceType<Subject['protocol']['Connection']>;

/** Payloads of so many bytes are inflated elsewhere. */
const offloadBytes = 12;
const maxBytes = 1024;

/** The first byte says what a payload is; what follows comes as often as it says, or is wrong in one of four ways. */
function inflate(payload: Uint8Array, maxBytes: number): Inflated {
  const [kind = 0] = payload;
  const times = kind % 8;
  if (kind >= 0xf0) {
    return (['tooMany', 'corrupt', 'failed'] as const)[kind % 3]!;
  }
  const rest = payload.subarray(1);
  if (rest.length * times > maxBytes) {
    return 'tooBig';
  }
  const whole = new Uint8Array(rest.length * times);
  for (let i = 0; i < times; i += 1) {
    whole.set(rest, i * rest.length);
  }
  return whole;
}

/** Answers that are on their way. */
class Delays {
  waiting: (() => void)[] = [];

  enter(answer: () => void): () => void {
    this.waiting.push(answer);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== answer);
    };
  }
}

function withCompression(delays: Delays): Compression {
  return {
    agreed: {
      sendWindowBits: 15,
      sendContextTakeover: false,
      receiveWindowBits: 8,
      receiveContextTakeover: true,
    },
    tuning: { thresholdBytes: 0, offloadBytes, maxRatio: 4, level: 6, memoryLevel: 8 },
    codec: {
      deflate: () => undefined,
      inflate,
      deflateLater: () => () => {},
      inflateLater: (payload, maxBytes, _before, answer) =>
        delays.enter(() => answer(inflate(payload, maxBytes))),
    },
    wait: () => {},
    turn: (work) => work(0),
  };
}

/** How the pieces of one run are cut, and when answers come. */
interface Feeding {
  readonly name: string;
  readonly size: (random: Random, left: number) => number;
  readonly pauses: boolean;
}

const feedings: readonly Feeding[] = [
  { name: 'in one piece', size: (_random, left) => left, pauses: false },
  { name: 'byte by byte', size: () => 1, pauses: false },
  { name: 'in pieces', size: (random, left) => random.small(1, left), pauses: false },
  { name: 'in pieces, with pauses', size: (random, left) => random.small(1, left), pauses: true },
];

export function compressedTarget(subject: Subject): Target {
  const { Connection: Made, MaskKeys, connectionOptions } = subject.protocol;
  const first = new Recorder();
  const again = new Recorder();
  const options = limitChoices.map((limits) => connectionOptions(limits));

  function feed(input: Uint8Array, how: Feeding, recorder: Recorder): void {
    const choice = input[0] ?? 0;
    const stream = input.subarray(1);
    const random = new Random(hashOf(input));
    const delays = new Delays();
    const keys = new MaskKeys((into) => into.fill(0x5a));
    recorder.clear();
    const connection: Connection = new Made(
      choice < 128 ? 'server' : 'client',
      recorder,
      options[choice % options.length]!,
      0,
      { keys, compression: withCompression(delays) },
    );
    recorder.whenTold = () => {
      hold(delays.waiting.length === 0, 'nothing is told while a message is inflated');
      if (how.pauses) {
        connection.suspend();
      }
    };
    for (let at = 0; at < stream.length; ) {
      const size = Math.min(how.size(random, stream.length - at), stream.length - at);
      connection.receive(stream.slice(at, at + size), 0);
      hold(connection.heldBytes <= stream.length, 'no more is held than came');
      at += size;
      // The answer and the end of the pause, in either order.
      while (connection.isSuspended) {
        if (random.small(0, 1) === 0) {
          connection.resume(0);
        }
        delays.waiting.shift()?.();
        if (delays.waiting.length === 0) {
          connection.resume(0);
        }
      }
    }
    recorder.whenTold = () => {};
    connection.end(0);
    hold(delays.waiting.length === 0, 'at the end nobody is waited for');
  }

  return {
    name: 'compressed',
    words: frameWords,
    maxBytes,
    stepsPerByte: 2000,
    stepsAtLeast: 30_000,
    reshape: (input, random) =>
      splice(
        input.subarray(0, 1),
        Math.min(1, input.length),
        0,
        reshapeFrames(input.slice(1), (input[0] ?? 0) < 128, random),
      ),
    run(whole) {
      const input = whole.subarray(0, maxBytes);
      feed(input, feedings[0]!, first);
      for (const how of feedings.slice(1)) {
        feed(input, how, again);
        hold(again.log.equals(first.log), `the same is told ${how.name}`, () =>
          [...again.log.lines(), 'before:', ...first.log.lines()].join('\n'),
        );
        hold(Buffer.compare(again.output, first.output) === 0, `the same is put out ${how.name}`);
        hold(again.why?.fault?.name === first.why?.fault?.name, `the same fault ${how.name}`);
      }
    },
  };
}
