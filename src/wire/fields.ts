/**
 * Fields of an object that came from outside, read one by one into the types they must have.
 * In: an object as JSON.parse or the binary reader made it. Out: values. Never throws, because a wrong field is ordinary input: the first one is named
 * in `findings.problem`, and what was returned in its place is a stand-in that nobody may use.
 */
import { fromBase64 } from './base64.ts';
import { isChannelName } from './channel-name.ts';

/** Shared by an object and all objects inside it. */
export interface Findings {
  /** Which field is wrong first, in plain words. It repeats nothing of what came. */
  problem: string | undefined;
}

/** Both ends included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export class Fields {
  private readonly values: object;
  /** Written before the names of these fields, such as `since.`. */
  private readonly path: string;
  private readonly findings: Findings;

  constructor(values: object, path: string, findings: Findings) {
    this.values = values;
    this.path = path;
    this.findings = findings;
  }

  /** A text of so many characters (UTF-16 units). */
  text(name: string, { least, most }: Range): string {
    const value = this.own(name);
    if (typeof value === 'string' && value.length >= least && value.length <= most) {
      return value;
    }
    this.note(name, `must be a text of ${least} to ${most} characters`);
    return '';
  }

  whole(name: string, { least, most }: Range): number {
    const value = this.own(name);
    if (isWhole(value) && value >= least && value <= most) {
      return value;
    }
    this.note(name, `must be a whole number from ${least} to ${most}`);
    return least;
  }

  finite(name: string): number {
    const value = this.own(name);
    if (typeof value === 'number' && Number.isFinite(value)) {
      return value;
    }
    this.note(name, 'must be a number');
    return 0;
  }

  flag(name: string): boolean {
    const value = this.own(name);
    if (typeof value !== 'boolean') {
      this.note(name, 'must be true or false');
    }
    return value === true;
  }

  /** There only to be true: absent is what stands for false. */
  truth(name: string): true {
    if (this.own(name) !== true) {
      this.note(name, 'must be true, or left out');
    }
    return true;
  }

  channel(): string {
    const value = this.own('channel');
    if (typeof value === 'string' && isChannelName(value)) {
      return value;
    }
    this.note('channel', 'is not the name of a channel');
    return '';
  }

  /** Any JSON value, null too, but not nothing. */
  any(name: string): unknown {
    if (!Object.hasOwn(this.values, name)) {
      this.note(name, 'is missing');
    }
    return this.own(name);
  }

  /** What a message carries: a JSON value in `data`, or bytes; as text they are base64, in `bytes`. */
  data(): unknown {
    if (!Object.hasOwn(this.values, 'bytes')) {
      return this.any('data');
    }
    const text = this.own('bytes');
    const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
    if (bytes === undefined) {
      this.note('bytes', 'must be base64');
    } else if (Object.hasOwn(this.values, 'data')) {
      this.note('bytes', 'cannot stand beside data');
    }
    return bytes;
  }

  /** One of the names of `table`. */
  oneOf<Name extends string>(name: string, table: Readonly<Record<Name, unknown>>): Name {
    const value = this.own(name);
    // Own names only: `constructor` is in every table.
    if (typeof value !== 'string' || !Object.hasOwn(table, value)) {
      this.note(name, 'is not a word of this protocol');
    }
    return value as Name;
  }

  /** At most `most` texts, each of `range` characters. */
  texts(name: string, most: number, range: Range): readonly string[] {
    const values = this.array(name, most);
    const wrong = values.some(
      (value) =>
        typeof value !== 'string' || value.length < range.least || value.length > range.most,
    );
    if (wrong) {
      this.note(name, `must be texts of ${range.least} to ${range.most} characters`);
    }
    return values as readonly string[];
  }

  /** An object inside this one. */
  inner<Value>(name: string, read: (from: Fields) => Value): Value {
    return this.read(this.own(name), name, read);
  }

  /** At most `most` objects. */
  list<Value>(name: string, most: number, read: (from: Fields) => Value): readonly Value[] {
    return this.array(name, most).map((value, at) => this.read(value, `${name}[${at}]`, read));
  }

  /** To be spread: with the field when it is there, empty when it is not. Null is not the same as absent. */
  optional<Name extends string, Value>(
    name: Name,
    read: (name: Name) => Value,
  ): { readonly [Key in Name]?: Value } {
    const found: { [Key in Name]?: Value } = {};
    if (Object.hasOwn(this.values, name)) {
      found[name] = read(name);
    }
    return found;
  }

  /** Says what is wrong with the field. Only the first wrong field counts. */
  note(name: string, problem: string): void {
    this.findings.problem ??= `${this.path}${name} ${problem}`;
  }

  private read<Value>(value: unknown, name: string, read: (from: Fields) => Value): Value {
    if (!isObject(value)) {
      this.note(name, 'must be an object');
    }
    const values = isObject(value) ? value : {};
    return read(new Fields(values, `${this.path}${name}.`, this.findings));
  }

  private array(name: string, most: number): readonly unknown[] {
    const value = this.own(name);
    if (Array.isArray(value) && value.length <= most) {
      return value;
    }
    this.note(name, `must be a list of at most ${most}`);
    return [];
  }

  private own(name: string): unknown {
    return Object.hasOwn(this.values, name)
      ? (this.values as Record<string, unknown>)[name]
      : undefined;
  }
}

/** What JSON calls an object: not a list, not null. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
