/**
 * Validation: what came from outside, against the schema of the contract.
 * In: a schema of any library and any value. Out: the value as the schema makes it, or what is wrong with which field. At once where the schema
 * answers at once, else a promise. Fails: only when the schema itself throws, or rejects; that is no fault of the value.
 */
import type { OutputOf, Schema, SchemaIssue, SchemaResult } from './schema.ts';

/** Most that is said of one value. */
export const maxIssues = 20;
/** Longest path and longest message of an issue, in characters (UTF-16 units). What is longer is cut. */
export const maxIssueLength = 200;

/** What became of a value. */
export type Validated<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** What is wrong with one field; short enough to be sent to whoever sent the value. */
export interface Issue {
  /** Where in the value: `items[2].text`; empty for the value itself. At most 200 characters. */
  readonly path: string;
  /** In the words of the schema's library. At most 200 characters. */
  readonly message: string;
}

/** Judges a value that came from outside. At most 20 issues. Source: Standard Schema v1. */
export function validate<S extends Schema>(
  schema: S,
  value: unknown,
): Validated<OutputOf<S>> | Promise<Validated<OutputOf<S>>> {
  const result = schema['~standard'].validate(value);
  return 'then' in result ? result.then(judged<OutputOf<S>>) : judged<OutputOf<S>>(result);
}

function judged<Value>(result: SchemaResult<unknown>): Validated<Value> {
  if (result.issues !== undefined) {
    return { ok: false, issues: result.issues.slice(0, maxIssues).map(issueOf) };
  }
  return { ok: true, value: result.value as Value };
}

function issueOf({ message, path = [] }: SchemaIssue): Issue {
  return { path: cut(pathOf(path)), message: cut(message) };
}

function pathOf(path: NonNullable<SchemaIssue['path']>): string {
  let text = '';
  for (const part of path) {
    if (text.length > maxIssueLength) {
      break;
    }
    const key = typeof part === 'object' ? part.key : part;
    if (typeof key === 'string' && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) {
      text += text === '' ? key : `.${key}`;
    } else {
      text += `[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`;
    }
  }
  return text;
}

/** Never through the middle of a character. */
function cut(text: string): string {
  if (text.length <= maxIssueLength) {
    return text;
  }
  const short = text.slice(0, maxIssueLength);
  return /[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short;
}
