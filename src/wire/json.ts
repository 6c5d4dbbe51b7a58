/**
 * Messages as JSON text, one object per message.
 * In: a message, or text from outside. Out: text, or the message. Text that is no message gives a problem, never an exception.
 */
import { clientChecks, serverChecks } from './checks.ts';
import { Fields, type Findings, isObject } from './fields.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';

/** Longest text that is read unless the caller says otherwise, in characters (UTF-16 units). */
export const maxJsonLength = 1_048_576;
/** How deep objects and lists may stand in each other in a client's message; the message itself is the first. */
export const maxClientDepth = 64;
/** What stood in `data` of a `publish` stands two deeper in a `historyPage`, and must be readable there. */
export const maxServerDepth: number = maxClientDepth + 2;

/** A message, or which field is wrong: at most 100 characters that repeat nothing of what came. */
export type Parsed<Message> = { readonly message: Message } | { readonly problem: string };

export function toJson(message: ClientMessage | ServerMessage): string {
  return JSON.stringify(message);
}

/** For the hub: what a client said. Fields that are not of this protocol are left out. */
export function clientMessageFromJson(
  text: string,
  maxLength: number = maxJsonLength,
): Parsed<ClientMessage> {
  return parse<ClientMessage>(text, { maxLength, maxDepth: maxClientDepth }, clientChecks);
}

/** For a client: what the hub said. Fields that are not of this protocol are left out. */
export function serverMessageFromJson(
  text: string,
  maxLength: number = maxJsonLength,
): Parsed<ServerMessage> {
  return parse<ServerMessage>(text, { maxLength, maxDepth: maxServerDepth }, serverChecks);
}

interface Bounds {
  readonly maxLength: number;
  readonly maxDepth: number;
}
type Checks<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (from: Fields) => Message;
};

function parse<Message extends { readonly type: string }>(
  text: string,
  bounds: Bounds,
  checks: Checks<Message>,
): Parsed<Message> {
  if (text.length > bounds.maxLength) {
    return { problem: `the message is longer than ${bounds.maxLength} characters` };
  }
  // Before JSON.parse, which takes any depth, and long before JSON.stringify, which does not.
  if (isDeeperThan(bounds.maxDepth, text)) {
    return { problem: `the message is nested deeper than ${bounds.maxDepth}` };
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return { problem: 'the message is not JSON' };
  }
  if (!isObject(values)) {
    return { problem: 'the message is not a JSON object' };
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

const quote = 0x22;
const backslash = 0x5c;

/**
 * Whether a JSON text nests deeper than `most`. Counts brackets outside strings, in one pass. Text that is not JSON may get any
 * answer: it is refused after this.
 */
export function isDeeperThan(most: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === backslash) {
        at += 1;
      } else if (unit === quote) {
        inString = false;
      }
    } else if (unit === quote) {
      inString = true;
    } else if ((unit | 0x20) === 0x7b) {
      // `[` is `{` without one bit, and `]` is `}` without the same.
      depth += 1;
      if (depth > most) {
        return true;
      }
    } else if ((unit | 0x20) === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}
