/**
 * What was found, on disk: for each target a file with one input per line, in hex; for each failure a file of its own.
 * In: names of targets. Out: inputs. Fails: when a file cannot be read or written.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashOf } from './random.ts';

/** One line of a corpus. Inputs with a note were made by hand and stay, whatever is found. */
export interface Entry {
  readonly input: Uint8Array;
  readonly note: string | undefined;
}

export interface FailureFixture {
  readonly target: string;
  readonly promise: string;
  readonly seed: number;
  readonly input: string;
}

const corpusFolder: string = fileURLToPath(new URL('corpus/', import.meta.url));
const failuresFolder: string = fileURLToPath(new URL('failures/', import.meta.url));

export function readCorpus(target: string): Entry[] {
  const file = `${corpusFolder}${target}.hex`;
  if (!existsSync(file)) {
    return [];
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(readLine);
}

/** Keeps what has a note, and after it `found`, shortest first. */
export function writeCorpus(target: string, found: readonly Uint8Array[]): void {
  const kept = readCorpus(target).filter((entry) => entry.note !== undefined);
  const known = new Set(kept.map((entry) => hex(entry.input)));
  const lines = kept.map((entry) => `${hex(entry.input)} # ${entry.note}`);
  for (const input of found.toSorted((one, other) => one.length - other.length)) {
    if (!known.has(hex(input))) {
      lines.push(hex(input));
    }
  }
  mkdirSync(corpusFolder, { recursive: true });
  writeFileSync(
    `${corpusFolder}${target}.hex`,
    `${lines.filter((line) => line !== '').join('\n')}\n`,
  );
}

export function readFailures(): FailureFixture[] {
  if (!existsSync(failuresFolder)) {
    return [];
  }
  const names = readdirSync(failuresFolder).filter((name) => name.endsWith('.json'));
  return names.map(
    (name) => JSON.parse(readFileSync(`${failuresFolder}${name}`, 'utf8')) as FailureFixture,
  );
}

/** Gives the path of the file. The same input has the same name. */
export function writeFailure(fixture: FailureFixture): string {
  mkdirSync(failuresFolder, { recursive: true });
  const name = hashOf(fromHex(fixture.input)).toString(16).padStart(8, '0');
  const file = `${failuresFolder}${fixture.target}-${name}.json`;
  writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`);
  return file;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function readLine(line: string): Entry {
  const [digits, note] = line.split(' # ');
  return { input: fromHex(digits!), note };
}
