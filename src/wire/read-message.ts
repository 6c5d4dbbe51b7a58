/**
 * The last step of reading, whatever the codec: an object becomes a message, or is none.
 * In: an object from outside. Out: the message, or which field is wrong first. Never throws.
 */
import type { Checks } from './checks.ts';
import { type Findings, isObject, readFields, type Shape } from './fields.ts';

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
  const { type } = values as { readonly type?: Message['type'] };
  // Own names only: `constructor` is in every table.
  if (typeof type !== 'string' || !Object.hasOwn(checks, type)) {
    return { problem: 'type is not a word of this protocol' };
  }
  const findings: Findings = { problem: undefined };
  const message = readFields(values, checks[type] as Shape<object>, findings, { type });
  const { problem } = findings;
  return problem === undefined ? { message: message as Message } : { problem };
}
