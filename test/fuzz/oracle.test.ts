import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { hex, readCorpus } from '../../fuzz/corpus.ts';
import { kinds, Log } from '../../fuzz/log.ts';
import {
  judge,
  mayBecomeUtf8,
  type OracleLimits,
  type Role,
  readFrame,
} from '../../fuzz/oracle.ts';

const limits: OracleLimits = {
  maxMessageBytes: 100_000,
  maxFrameBytes: 100_000,
  maxFragments: 1000,
  fragmentChargeBytes: 0,
};

/** The part of ws that reads frames; its types leave it out. */
interface Receiver {
  on(event: string, listen: (...values: never[]) => void): void;
  write(bytes: Uint8Array): void;
}
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Receiver };

/** What ws tells of `stream`: its events, and the close code it answers with or was given. */
async function readWithWs(stream: Uint8Array, role: Role): Promise<Answer> {
  const log = new Log();
  let code = 1006;
  const receiver = new Receiver({
    isServer: role === 'server',
    maxPayload: limits.maxMessageBytes,
    maxFragments: 0,
    allowSynchronousEvents: true,
  });
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    log.note(isBinary ? kinds.binary : kinds.text, 0, data),
  );
  receiver.on('ping', (data: Buffer) => log.note(kinds.ping, 0, data));
  receiver.on('pong', (data: Buffer) => log.note(kinds.pong, 0, data));
  receiver.on('conclude', (given: number) => {
    code = given;
  });
  receiver.on('error', (error: Error) => {
    code = (error as unknown as Record<symbol, number>)[statusCode(error)]!;
  });
  receiver.write(stream);
  await setImmediate();
  return { log, code };
}

interface Answer {
  readonly log: Log;
  readonly code: number;
}

/**
 * ws checks UTF-8 when a message is whole, takes lengths that are not in their shortest form, answers those beyond 2^53 with
 * 1009, refuses a continuation before its header is whole, and nothing before its second byte is here.
 */
function isKnown(stream: Uint8Array, role: Role, ours: Answer, theirs: Answer): boolean {
  if (ours.code === 1007 || ours.code === 1006) {
    return ours.log.begins(theirs.log);
  }
  let at = 0;
  for (;;) {
    const frame = readFrame(stream, at, role === 'server');
    if (typeof frame !== 'object') {
      const isWide = (stream[at + 1]! & 0x7f) > 125 && stream[at]! % 16 < 8;
      const isCut = stream.length - at === 1;
      return frame === 1002 && (isWide || isCut) && ours.log.begins(theirs.log);
    }
    at = frame.next;
  }
}

function statusCode(error: Error): symbol {
  return Object.getOwnPropertySymbols(error).find((one) => one.description === 'status-code')!;
}

function readWithOracle(stream: Uint8Array, role: Role): Answer {
  const verdict = { log: new Log(), answers: new Log() };
  judge(stream, role, limits, verdict);
  const closed = verdict.log.lines().at(-1)!;
  return { log: verdict.log.heard(), code: Number(closed.split(' ')[1]) >> 1 };
}

describe('oracle: it agrees with ws', () => {
  for (const role of ['server', 'client'] as const) {
    it(`${role}: on every input of the corpus, but for what ws is known to do otherwise`, async () => {
      const wrong: string[] = [];
      for (const { input } of readCorpus(role)) {
        const stream = input.slice(1);
        const ours = readWithOracle(stream, role);
        const theirs = await readWithWs(stream, role);
        const agrees = ours.code === theirs.code && ours.log.equals(theirs.log);
        if (!agrees && !isKnown(stream, role, ours, theirs)) {
          wrong.push(`${hex(stream)}: ${ours.code}, ws ${theirs.code}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }
});

describe('oracle: what it says of small streams', () => {
  const say = (stream: string, role: Role): string[] => {
    const verdict = { log: new Log(), answers: new Log() };
    judge(Buffer.from(stream, 'hex'), role, limits, verdict);
    return [...verdict.log.lines(), 'answers', ...verdict.answers.lines()];
  };

  it('a text and a close, read by a client', () => {
    expect(say('810161880203e8', 'client')).toEqual([
      'text 0 61',
      'owed 0',
      'closing 0',
      `closed ${1000 * 2 + 1}`,
      'answers',
      'close 1000',
    ]);
  });

  it('a ping and a frame without a mask, read by a server', () => {
    expect(say('8981000000006181006', 'server')).toEqual([
      'owed 0',
      'ping 0 61',
      'owed 0',
      'closing 0',
      'shut 0',
      `closed ${1002 * 2}`,
      'answers',
      'pong 0 61',
      'close 1002',
    ]);
  });

  it('an unfinished character may become one, a surrogate may not', () => {
    const may = (digits: string): boolean => mayBecomeUtf8(Buffer.from(digits, 'hex'));
    expect(['', 'c3', 'e0a0', 'ed9f', 'f09f98', 'f48f'].map(may)).not.toContain(false);
    expect(['c0', 'e09f', 'eda0', 'f08f', 'f490', 'f5', '80', 'ff'].map(may)).not.toContain(true);
  });
});
