/**
 * The golden transcripts, which the tests and the documentation share.
 * In: the files beside this one. Out: their lines. Fails: a file that cannot be read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ClientMessage, ServerMessage } from '../../src/wire/index.ts';

/** What travels in one frame: a message, or a list of them. */
export type Line =
  | { readonly from: 'client'; readonly message: ClientMessage | readonly ClientMessage[] }
  | { readonly from: 'server'; readonly message: ServerMessage | readonly ServerMessage[] };

const folder = new URL('./transcripts/', import.meta.url);

/** Every line of every file, as text. */
export function transcriptLines(): string[] {
  return readdirSync(folder).flatMap((name) =>
    linesOf(readFileSync(new URL(name, folder), 'utf8')),
  );
}

/** Frames of the binary codec, each with what it says as JSON. */
export function frameLines(): string[] {
  return linesOf(readFileSync(new URL('./frames.jsonl', import.meta.url), 'utf8'));
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What stands in the line as its message, character by character. */
export function messageText(line: string): string {
  return line.slice(line.indexOf(',"message":') + ',"message":'.length, -1);
}

export function parsedLine(line: string): Line {
  return JSON.parse(line) as Line;
}

export function messagesOf(line: string): readonly (ClientMessage | ServerMessage)[] {
  return [parsedLine(line).message].flat();
}
