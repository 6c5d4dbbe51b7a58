/**
 * The last step of reading, whatever the codec: an object becomes a message, or is none.
 * In: an object from outside. Out: the message, or which field is wrong first. Never throws.
 */
import type { Checks } from './checks.ts';
import { Fields, type Findings, isObject } from './fields.ts';

/** A message, or what is wrong: at most 100 characters that repeat nothing of what came. */
export type Parsed<Message> = { readonly message: Message } | { readonly problem: string };

/** All messages of a frame, in order; or what is wrong with it, and then none of them counts. */
export type ParsedFrame<Message> =
  | { readonly messages: readonly Message[] }
  | { readonly problem: string };

export function readMessage<Message extends { readonly type: string }>(
  values: unknown,
  checks: Checks<Message>,
): Parsed<Message> {
  if (!isObject(values)) {
    return { problem: 'the message is not an object' };
  }
  const findings: Findings = { problem: undefined };
  const from = new Fields(values, '', findings);
  const type = from.oneOf<Message['type']>('type', checks);
  if (findings.problem !== undefined) {
    return { problem: findings.problem };
  }
  const message = checks[type](from);
  return findings.problem === undefined ? { message } : { problem: findings.problem };
}
