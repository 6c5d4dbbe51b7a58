/**
 * What we say to every peer, in either role; each sends back what it gets.
 * In: an open websocket. Out: nothing, or what came back wrong.
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Message, Websocket } from '../src/endpoint/index.ts';

/** Every length at which the form of a frame changes, and text of one to four bytes a character. */
export const messages: readonly Message[] = [
  '',
  'hello',
  'Grüße, 世界, 🧵',
  '\ufeffa mark that is a character',
  'x'.repeat(125),
  'x'.repeat(126),
  'ü'.repeat(40_000),
  ...[0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000].map(bytes),
];

/** What a message is, in few characters: as good for comparing, and a difference can be read. */
export function summary(message: Message): string {
  const digest = createHash('sha256').update(message).digest('hex').slice(0, 16);
  const kind = typeof message === 'string' ? 'text' : 'bytes';
  return `${kind} of ${message.length}: ${digest}`;
}

/** Sends them one by one, then all at once, and gives what came back, twice. */
export async function converse(websocket: Websocket): Promise<readonly string[]> {
  const answers = websocket[Symbol.asyncIterator]();
  const came: string[] = [];
  for (const message of messages) {
    websocket.send(message);
    came.push(summary(await nextOf(answers)));
  }
  for (const message of messages) {
    websocket.send(message);
  }
  for (let i = 0; i < messages.length; i += 1) {
    came.push(summary(await nextOf(answers)));
  }
  return came;
}

/** Whether compression was agreed, and whether what travelled was half of what was said, at the most, in either direction. */
export interface Compressed {
  readonly agreed: boolean;
  readonly sent: boolean;
  readonly received: boolean;
}

export function compressed(isCompressed: boolean): Compressed {
  return { agreed: isCompressed, sent: isCompressed, received: isCompressed };
}

/** After `converse`. The bytes are those of the socket: RSV1 or not, what is compressed is shorter. */
export function compressionOf(websocket: Websocket): Compressed {
  const { socket } = (websocket as unknown as { drive: { line: { socket: Socket } } }).drive.line;
  const said = messages.reduce((sum, message) => sum + 2 * Buffer.byteLength(message), 0);
  return {
    agreed: websocket.compression,
    sent: socket.bytesWritten < said / 2,
    received: socket.bytesRead < said / 2,
  };
}

async function nextOf(answers: AsyncIterator<Message>): Promise<Message> {
  const { done, value } = await answers.next();
  if (done === true) {
    throw new Error('the peer closed before it had answered');
  }
  return value;
}

/** Bytes that differ from their neighbours, so that a shifted mask shows. */
function bytes(length: number): Buffer {
  const made = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i += 1) {
    made[i] = (i * 31 + (i >> 8)) & 0xff;
  }
  return made;
}
