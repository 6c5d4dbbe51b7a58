/**
 * What a server can read, and nothing else: it sends away for good whoever says anything else.
 * In: a message with what the application gave. Out: a copy that later changes of it do not reach, and its size. Fails: throws
 * `REQUEST_INVALID`: JSON has no word for undefined, functions, cycles and big integers; the wire has limits besides.
 */
import { type Checks, type ClientMessage, ownMessageFromJson, toJson } from '../wire/index.ts';
import { ClientError } from './errors.ts';

export interface Copied<Message> {
  readonly message: Message;
  /** Of its JSON text, in characters. */
  readonly size: number;
}

/** `rows`: by which a server reads messages of this type. */
export function copied<Message extends ClientMessage>(
  message: Message,
  rows: Partial<Checks<ClientMessage>>,
): Copied<Message> {
  let text: string;
  try {
    text = toJson(message);
  } catch (error) {
    throw new ClientError('REQUEST_INVALID', String(error));
  }
  const read = ownMessageFromJson(text, rows);
  if ('problem' in read) {
    throw new ClientError('REQUEST_INVALID', read.problem);
  }
  // What was written is read: the same type.
  return { message: read.message as Message, size: text.length };
}
