/**
 * Messages as JSON text: one frame is an object, or a list of objects. Bytes are base64 here.
 * In: messages, or text from outside. Out: text, or messages. Text that is no message gives a problem, never an exception.
 */
import { toBase64 } from './base64.ts';
import type { Checks } from './checks.ts';
import { clientChecks } from './client-checks.ts';
import type { ClientMessage } from './client-messages.ts';
import * as messageLimits from './limits.ts';
import { type Parsed, type ParsedFrame, readMessage } from './read-message.ts';
import { serverChecks } from './server-checks.ts';
import type { ServerMessage } from './server-messages.ts';

/** Longest frame that is read unless the caller says otherwise, in characters (UTF-16 units). */
export const maxJsonLength = 1_048_576;
/**
 * How deep objects and lists may stand in each other in a client's message; the message itself is the first. The list around several
 * messages does not count.
 */
export const maxClientDepth = 64;
/** What stood in `data` of an `enter` stands three deeper in a `historyPage` of the roster, and must be readable there. */
export const maxServerDepth: number = maxClientDepth + 3;

/** One message as JSON text; bytes in it as base64. */
export function toJson(message: ClientMessage | ServerMessage): string {
  return JSON.stringify(withoutBytes(message));
}

/** One frame of several messages that are JSON already; at most 1,000. */
export function joinJson(texts: readonly string[]): string {
  return `[${texts.join(',')}]`;
}

/** For the hub: what a client said, in order. Fields that are not of this protocol are left out. */
export function clientMessagesFromJson(
  text: string,
  maxLength: number = maxJsonLength,
): ParsedFrame<ClientMessage> {
  return parse<ClientMessage>(text, { maxLength, maxDepth: maxClientDepth }, clientChecks);
}

/** For a client: what the hub said, in order. Fields that are not of this protocol are left out. */
export function serverMessagesFromJson(
  text: string,
  maxLength: number = maxJsonLength,
): ParsedFrame<ServerMessage> {
  return parse<ServerMessage>(text, { maxLength, maxDepth: maxServerDepth }, serverChecks);
}

/**
 * For a client: one message of its own, read as a hub would read it. Only the rows that are passed have to be loaded.
 */
export function ownMessageFromJson(
  text: string,
  rows: Partial<Checks<ClientMessage>>,
): Parsed<ClientMessage> {
  const bounds = { maxLength: maxJsonLength, maxDepth: maxClientDepth };
  return only(parse(text, bounds, rows as Checks<ClientMessage>));
}

/** As `clientMessagesFromJson`, where a text holds one message. */
export function clientMessageFromJson(text: string, maxLength?: number): Parsed<ClientMessage> {
  return only(clientMessagesFromJson(text, maxLength));
}

/** As `serverMessagesFromJson`, where a text holds one message. */
export function serverMessageFromJson(text: string, maxLength?: number): Parsed<ServerMessage> {
  return only(serverMessagesFromJson(text, maxLength));
}

/** Only what a message carries can be bytes: nobody walks through the values. */
function withoutBytes(message: ClientMessage | ServerMessage): object {
  if (message.type === 'publication') {
    return { ...message, publication: bytesAsText(message.publication) };
  }
  if (message.type === 'historyPage') {
    return { ...message, publications: message.publications.map(bytesAsText) };
  }
  return 'data' in message ? bytesAsText(message) : message;
}

function bytesAsText(holder: { readonly data: unknown }): object {
  const { data } = holder;
  if (!(data instanceof Uint8Array)) {
    return holder;
  }
  const fields = Object.entries(holder).map(([name, value]: [string, unknown]) =>
    name === 'data' ? ['bytes', toBase64(data)] : [name, value],
  );
  return Object.fromEntries(fields) as object;
}

function only<Message>(read: ParsedFrame<Message>): Parsed<Message> {
  if ('problem' in read) {
    return read;
  }
  const [message] = read.messages;
  return read.messages.length === 1 && message !== undefined
    ? { message }
    : { problem: 'there is more than one message' };
}

interface Bounds {
  readonly maxLength: number;
  readonly maxDepth: number;
}

function parse<Message extends { readonly type: string }>(
  text: string,
  { maxLength, maxDepth }: Bounds,
  checks: Checks<Message>,
): ParsedFrame<Message> {
  if (text.length > maxLength) {
    return { problem: `the message is longer than ${maxLength} characters` };
  }
  // Before JSON.parse, which takes any depth, and long before JSON.stringify, which does not.
  if (isDeeperThan(isList(text) ? maxDepth + 1 : maxDepth, text)) {
    return { problem: `the message is nested deeper than ${maxDepth}` };
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return { problem: 'the message is not JSON' };
  }
  const all: readonly unknown[] = Array.isArray(values) ? values : [values];
  if (all.length === 0 || all.length > messageLimits.frameMessages) {
    return { problem: `a list holds 1 to ${messageLimits.frameMessages} messages` };
  }
  const messages: Message[] = [];
  for (const one of all) {
    const read = readMessage(one, checks);
    if ('problem' in read) {
      return read;
    }
    messages.push(read.message);
  }
  return { messages };
}

function isList(text: string): boolean {
  return /^[ \t\r\n]*\[/.test(text);
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
