/**
 * `tautline/wire/binary`: the same messages in bytes. A frame is one message or several, each with its length before it.
 * In: messages, or bytes from outside. Out: bytes, or messages. Bytes that are no message give a problem, never an exception.
 */
import { clientLayouts, type Layout, serverLayouts } from './binary/layouts.ts';
import { Reader } from './binary/reader.ts';
import { Writer } from './binary/writer.ts';
import type { Checks } from './checks.ts';
import { clientChecks } from './client-checks.ts';
import type { ClientMessage } from './client-messages.ts';
import { maxClientDepth, maxJsonLength, maxServerDepth } from './json.ts';
import * as messageLimits from './limits.ts';
import { type Parsed, type ParsedFrame, readMessage } from './read-message.ts';
import { serverChecks } from './server-checks.ts';
import type { ServerMessage } from './server-messages.ts';

/** Longest frame that is read unless the caller says otherwise, in bytes: whatever fits into one of JSON fits into it. */
export const maxBinaryLength: number = maxJsonLength * 3;

interface Direction<Message extends { readonly type: string }> {
  readonly layouts: Readonly<Record<Message['type'], Layout>>;
  /** In the order of the table: the number of a message is its place, from 1. */
  readonly types: readonly string[];
  readonly checks: Checks<Message>;
  readonly maxDepth: number;
}

const fromClient: Direction<ClientMessage> = {
  layouts: clientLayouts,
  types: Object.keys(clientLayouts),
  checks: clientChecks,
  maxDepth: maxClientDepth,
};
const fromServer: Direction<ServerMessage> = {
  layouts: serverLayouts,
  types: Object.keys(serverLayouts),
  checks: serverChecks,
  maxDepth: maxServerDepth,
};

/** One message as a frame. Frames may be put one behind another: they are then one frame of several messages, at most 1,000. */
export function clientMessageToBinary(message: ClientMessage): Uint8Array {
  return write(message, fromClient);
}

/** The same for what a hub says. */
export function serverMessageToBinary(message: ServerMessage): Uint8Array {
  return write(message, fromServer);
}

/** For the hub: what a client said, in order. */
export function clientMessagesFromBinary(
  bytes: Uint8Array,
  maxLength: number = maxBinaryLength,
): ParsedFrame<ClientMessage> {
  return read(bytes, maxLength, fromClient);
}

/** For a client: what the hub said, in order. */
export function serverMessagesFromBinary(
  bytes: Uint8Array,
  maxLength: number = maxBinaryLength,
): ParsedFrame<ServerMessage> {
  return read(bytes, maxLength, fromServer);
}

function write<Message extends { readonly type: string }>(
  message: Message,
  { layouts, types }: Direction<Message>,
): Uint8Array {
  const type: Message['type'] = message.type;
  const writer = new Writer();
  writer.byte(types.indexOf(type) + 1);
  writer.record(message, layouts[type]);
  return writer.framed();
}

function read<Message extends { readonly type: string }>(
  bytes: Uint8Array,
  maxLength: number,
  direction: Direction<Message>,
): ParsedFrame<Message> {
  if (bytes.length > maxLength) {
    return { problem: `the frame is longer than ${maxLength} bytes` };
  }
  const frame = new Reader(bytes);
  const messages: Message[] = [];
  do {
    const inside = frame.block();
    if (frame.problem !== undefined) {
      return { problem: frame.problem };
    }
    const one = readOne(inside, direction);
    if ('problem' in one) {
      return one;
    }
    messages.push(one.message);
  } while (frame.left > 0 && messages.length < messageLimits.frameMessages);
  return frame.left > 0
    ? { problem: `a frame holds at most ${messageLimits.frameMessages} messages` }
    : { messages };
}

function readOne<Message extends { readonly type: string }>(
  bytes: Uint8Array,
  { layouts, types, checks, maxDepth }: Direction<Message>,
): Parsed<Message> {
  const from = new Reader(bytes);
  const type = types[from.byte() - 1] as Message['type'] | undefined;
  if (type === undefined) {
    return { problem: 'the number of the message is not of this protocol' };
  }
  const values = from.record(layouts[type], maxDepth - 1);
  if (from.problem !== undefined) {
    return { problem: from.problem };
  }
  return from.left > 0
    ? { problem: 'the message goes on behind its last field' }
    : readMessage({ type, ...values }, checks);
}
