/**
 * Patterns of channels' names: segments between `/`, of which `:name` is a parameter and stands for one whole segment.
 * In: a pattern, and parameters. Out: its segments, or the name of a channel that every hub takes. Fails: as a ContractError.
 */
import { ContractError } from './contract-error.ts';
import { encodeParam } from './param.ts';
import type { ParamsArgument } from './params-of.ts';

/** Longest name of a channel, in bytes: what a hub takes, less the mark before the name of its roster. */
export const maxNameBytes = 192;

/** A pattern, parsed. */
export interface Pattern {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Names of the parameters, from left to right. */
  readonly params: readonly string[];
}

/** One of the two. */
export interface Segment {
  readonly literal?: string;
  readonly param?: string;
}

/** Of the characters of names those that are ASCII, without the colon: `a:b` looks like a parameter and is none. */
const literal = /^[A-Za-z0-9\-_.~@+=,]+$/;
const paramName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws {ContractError} `CONTRACT_INVALID` */
export function parsePattern(text: string): Pattern {
  const segments = text.split('/').map((segment, at) => parseSegment(text, segment, at));
  const params = segments.flatMap(({ param }) => (param === undefined ? [] : [param]));
  for (const name of params) {
    if (params.indexOf(name) !== params.lastIndexOf(name)) {
      throw invalid(text, `the parameter ${name} is there twice`);
    }
  }
  const shortest = segments.map((segment) => segment.literal ?? 'x').join('/').length;
  if (shortest > maxNameBytes) {
    throw invalid(text, `its names are longer than ${maxNameBytes} bytes`);
  }
  return { text, segments, params };
}

/**
 * The name of one channel: `chat/4=202` of `chat/:room` and `{ room: '4 2' }`. Other parameters give another name.
 * @throws {ContractError} `PARAMS_INVALID`: a parameter is missing, empty, not a string, or holds half of a surrogate pair, or the name would be
 * longer than 192 bytes. `CONTRACT_INVALID`: the pattern is none.
 */
export function channelName<P extends string>(pattern: P, ...[params]: ParamsArgument<P>): string {
  const given: Readonly<Record<string, unknown>> = params ?? {};
  const segments = parsePattern(pattern).segments.map(
    (segment) => segment.literal ?? written(pattern, segment.param!, given),
  );
  const name = segments.join('/');
  if (name.length > maxNameBytes) {
    throw paramsInvalid(pattern, `the name would be longer than ${maxNameBytes} bytes`);
  }
  return name;
}

function written(pattern: string, name: string, given: Readonly<Record<string, unknown>>): string {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (typeof value !== 'string' || value === '') {
    throw paramsInvalid(pattern, `${name} must be a string that is not empty`);
  }
  // A character is a byte at the least: a long value is refused before anything walks through it.
  const segment = value.length > maxNameBytes ? undefined : encodeParam(value);
  if (segment === undefined) {
    throw paramsInvalid(pattern, `${name} is too long, or holds half of a surrogate pair`);
  }
  return segment;
}

function parseSegment(text: string, segment: string, at: number): Segment {
  if (segment.startsWith(':')) {
    const param = segment.slice(1);
    if (!paramName.test(param) || param === '__proto__') {
      throw invalid(text, `"${segment}" is no parameter: a letter, then letters, digits and "_"`);
    }
    return { param };
  }
  if (!literal.test(segment)) {
    throw invalid(text, `"${segment}" is no segment: letters, digits and - _ . ~ @ + = ,`);
  }
  if (at === 0 && segment.startsWith('~')) {
    throw invalid(text, 'names that begin with "~" are the hub\'s own');
  }
  return { literal: segment };
}

function invalid(pattern: string, wrong: string): ContractError {
  return new ContractError('CONTRACT_INVALID', `the pattern "${pattern}": ${wrong}`);
}

function paramsInvalid(pattern: string, wrong: string): ContractError {
  return new ContractError('PARAMS_INVALID', `the parameters of "${pattern}": ${wrong}`);
}
