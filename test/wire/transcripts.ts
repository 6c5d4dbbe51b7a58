/**
 * The golden transcripts, which the tests and the documentation share.
 * In: the files beside this one. Out: their lines. Fails: a file that cannot be read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ClientMessage, ServerMessage } from '../../src/wire/index.ts';

export type Line =
  | { readonly from: 'client'; readonly message: ClientMessage }
  | { readonly from: 'server'; readonly message: ServerMessage };

const folder = new URL('./transcripts/', import.meta.url);

/** Every line of every file, as text. */
export function transcriptLines(): string[] {
  return readdirSync(folder).flatMap((name) =>
    linesOf(readFileSync(new URL(name, folder), 'utf8')),
  );
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** The message as it stands in the line, character by character. */
export function messageText(line: string): string {
  return line.slice('{"from":"client","message":'.length, -1);
}

export function parsedLine(line: string): Line {
  return JSON.parse(line) as Line;
}
