/**
 * Plays one case against a subject and judges what was seen.
 * In: a case and a way to meet the subject. Out: a verdict and the reasons for it. Never fails: a
 * subject that does not answer, or not in time, is a verdict too.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { close, fragments } from './frames.ts';
import type { Chop, Opening, Peer, Role } from './peer.ts';
import type { Event } from './reader.ts';
import type { Case, Script, Step } from './script.ts';

export type Verdict = 'OK' | 'INFORMATIONAL' | 'NON-STRICT' | 'FAILED';

export interface Result {
  readonly verdict: Verdict;
  /** What was wrong; empty for `OK`. */
  readonly reasons: readonly string[];
}

/** The thing under test, in one role: an echo of messages and nothing else. */
export interface Subject {
  readonly role: Role;
  meet(opening: Opening): Promise<Peer>;
  stop(): Promise<void>;
}

/**
 * Time for a whole case. The longest takes a second or two; a subject that hangs is found out
 * without much waiting.
 */
const caseMs = 20_000;

export async function run(each: Case, subject: Subject, withinMs = caseMs): Promise<Result> {
  let peer: Peer;
  try {
    peer = await subject.meet(each.opening ?? {});
  } catch (error) {
    return { verdict: 'FAILED', reasons: [String(error)] };
  }
  const alarm = setTimeout(() => peer.giveUp(), withinMs);
  const script = each.script(subject.role);
  for (const step of script.steps) {
    await play(step, peer, each.chop);
  }
  const { events, ending } = script;
  if (ending.peerCloses) {
    await peer.until(() => peer.isOver || peer.reader.events.length >= events.length);
    await peer.send([close(1000)], each.chop ?? 'none');
  }
  await peer.until(() => false);
  clearTimeout(alarm);
  return judge(each, script, peer);
}

async function play(step: Step, peer: Peer, chop: Chop | undefined): Promise<void> {
  const { events } = peer.reader;
  switch (step.do) {
    case 'send':
      await peer.send(step.frames, chop ?? step.chop);
      break;
    case 'raw':
      await peer.sendRaw(step.bytes, chop ?? 'none');
      break;
    case 'await':
      await peer.until(() => peer.isOver || events.length >= step.events);
      break;
    case 'patience':
      await Promise.race([peer.until(() => peer.isOver), wait(step.ms)]);
      if (!peer.isOver) {
        events.push({ kind: 'still open', payload: Buffer.alloc(0) });
      }
      break;
    case 'compressed volley':
      for (const [index, message] of step.messages.entries()) {
        const payload = peer.isOver ? undefined : await peer.deflated(message);
        if (payload === undefined) {
          return;
        }
        const [first, ...rest] = fragments(step.opcode, payload, step.size);
        await peer.send([{ ...first!, reserved: 4 }, ...rest], chop ?? 'none');
        await peer.until(() => peer.isOver || events.length > index);
      }
      break;
    case 'volley':
      for (let count = 1; count <= step.times && !peer.isOver; count += 1) {
        await peer.send([step.frame], chop ?? step.chop);
        await peer.until(() => peer.isOver || events.length >= count);
      }
      break;
  }
}

function judge(each: Case, script: Script, peer: Peer): Result {
  const { events, tolerated, ending } = script;
  const { reader, tcp } = peer;
  const reasons = [...reader.wrong];
  if (reader.keys.length > 2 && new Set(reader.keys).size === 1) {
    reasons.push('one masking key for every frame (§5.3)');
  }
  const { compressed = 0 } = script;
  if (reader.compressed < compressed) {
    reasons.push(`${reader.compressed} messages came compressed instead of ${compressed}`);
  }
  if (tcp === 'gave up') {
    reasons.push('TCP was still open when the time was over');
  }
  if (each.informational) {
    return reasons.length === 0
      ? { verdict: 'INFORMATIONAL', reasons: [outcome(peer)] }
      : { verdict: 'FAILED', reasons };
  }
  if (reader.close === undefined) {
    reasons.push('TCP ended without a Close frame');
  } else if (!ending.codes.includes(reader.close.code)) {
    reasons.push(`Close ${reader.close.code} instead of ${ending.codes.join(' or ')}`);
  }
  if (ending.orderly && tcp === 'reset') {
    reasons.push('TCP was reset where it should have been ended');
  }
  const asAsked = firstDifference(reader.events, events);
  if (asAsked === undefined) {
    return { verdict: reasons.length === 0 ? 'OK' : 'FAILED', reasons };
  }
  reasons.push(asAsked);
  const isTolerated =
    reasons.length === 1 &&
    tolerated !== undefined &&
    firstDifference(reader.events, tolerated) === undefined;
  return { verdict: isTolerated ? 'NON-STRICT' : 'FAILED', reasons };
}

function firstDifference(seen: readonly Event[], asked: readonly Event[]): string | undefined {
  const at = asked.findIndex((event, index) => !isSame(event, seen[index]));
  if (at >= 0) {
    return `event ${at + 1} is ${told(seen[at])} instead of ${told(asked[at])}`;
  }
  return seen.length > asked.length ? `an event too many: ${told(seen[asked.length])}` : undefined;
}

function isSame(one: Event, other: Event | undefined): boolean {
  return one.kind === other?.kind && one.payload.equals(other.payload);
}

function told(event: Event | undefined): string {
  if (event === undefined) {
    return 'missing';
  }
  const { kind, payload } = event;
  const more = payload.length > 16 ? '…' : '';
  return `${kind} [${payload.length}] ${payload.toString('hex', 0, 16)}${more}`;
}

function outcome({ reader, tcp }: Peer): string {
  const code = reader.close === undefined ? 'no Close frame' : `Close ${reader.close.code ?? ''}`;
  return `${reader.events.map(told).join(', ') || 'no events'}; ${code}; TCP ${tcp}`;
}
