/**
 * Objects that came from outside, read by the shape that they must have.
 * In: an object as JSON.parse or the binary reader made it, and a shape. Out: a copy, with nothing in it that is not in the shape. Never throws,
 * because a wrong field is ordinary input: the first one is named in `findings.problem`, and what was returned is then for nobody's use.
 */
import { fromBase64 } from './base64.ts';
import { isChannelName } from './channel-name.ts';

/** Shared by an object and all objects inside it. */
export interface Findings {
  /** Which field is wrong first, in plain words. It repeats nothing of what came. */
  problem: string | undefined;
}

/** A value that is taken as it is. */
export interface Leaf<Value> {
  readonly is: (value: unknown) => value is Value;
  /** What is said of another, behind its name. */
  readonly problem: string;
}

/** A list of at most so many. */
export interface Many<Item> {
  readonly each: Spec<Item>;
  readonly most: number;
}

/** An object, field by field. In brackets: it may be absent, which is not the same as null. */
export type Shape<Value> = {
  readonly [Name in keyof Value]-?: object extends Pick<Value, Name>
    ? readonly [Spec<Exclude<Value[Name], undefined>>]
    : Spec<Value[Name]>;
};

/** An object whose fields must fit each other. */
export interface Ruled<Value> {
  readonly shape: Shape<Value>;
  /** Asked when every field is right by itself. Gives the name of one and what is wrong with it beside the others. */
  readonly rule: (value: Value) => string | undefined;
}

export type Spec<Value> =
  | Leaf<Value>
  | (Value extends readonly (infer Item)[]
      ? Many<Item>
      : Value extends object
        ? Shape<Value> | Ruled<Value>
        : never);

/** Any spec, for whoever follows it: which values it gives is checked where it is written. */
type Any = Leaf<unknown> | Many<unknown> | Ruled<never> | Fields;
interface Fields {
  readonly [name: string]: Any | readonly [Any];
}

/** A text of so many characters (UTF-16 units), both ends included. */
export function text(least: number, most: number): Leaf<string> {
  return {
    is: (value): value is string =>
      typeof value === 'string' && value.length >= least && value.length <= most,
    problem: `must be a text of ${least} to ${most} characters`,
  };
}

export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Leaf<number> {
  return {
    is: (value): value is number =>
      Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    problem: `must be a whole number from ${least} to ${most}`,
  };
}

/** One of the names of `table`. */
export function oneOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Leaf<Name> {
  return {
    // Own names only: `constructor` is in every table.
    is: (value): value is Name => typeof value === 'string' && Object.hasOwn(table, value),
    problem: 'is not a word of this protocol',
  };
}

export const finite: Leaf<number> = {
  is: (value): value is number => Number.isFinite(value),
  problem: 'must be a number',
};

export const flag: Leaf<boolean> = {
  is: (value) => typeof value === 'boolean',
  problem: 'must be true or false',
};

/** There only to be true: absent is what stands for false. */
export const truth: Leaf<true> = {
  is: (value) => value === true,
  problem: 'must be true, or left out',
};

export const channelName: Leaf<string> = {
  is: (value): value is string => typeof value === 'string' && isChannelName(value),
  problem: 'is not the name of a channel',
};

/** Any JSON value, null too, but not nothing. */
export const anything: Leaf<unknown> = {
  is: (value): value is unknown => value !== undefined,
  problem: 'is missing',
};

/** What a message carries: a JSON value in `data`, or bytes; as text they are base64, in `bytes`. */
export const payload: Leaf<unknown> = { ...anything };

/** What JSON calls an object: not a list, not null. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param found Where the fields are put, in the order of the shape.
 * @param path Written before their names, such as `since.`.
 */
export function readFields<Value>(
  values: object,
  spec: Shape<Value> | Ruled<Value>,
  findings: Findings,
  found: Record<string, unknown> = {},
  path = '',
): Value {
  const { shape = spec, rule } = spec as Partial<Ruled<Value>>;
  for (const name in shape) {
    const field = (shape as Fields)[name]!;
    const isOptional = Array.isArray(field);
    if (!isOptional || Object.hasOwn(values, name)) {
      const wanted = (isOptional ? field[0] : field) as Any;
      found[name] =
        wanted === payload && Object.hasOwn(values, 'bytes')
          ? readBytes(values, findings, path)
          : readValue(own(values, name), wanted, findings, path + name);
    }
  }
  if (findings.problem === undefined) {
    const wrong = rule?.(found as Value);
    findings.problem = wrong && path + wrong;
  }
  return found as Value;
}

function readValue(value: unknown, spec: Any, findings: Findings, name: string): unknown {
  if ('is' in spec) {
    if (!(spec as Leaf<unknown>).is(value)) {
      findings.problem ??= `${name} ${(spec as Leaf<unknown>).problem}`;
    }
    return value;
  }
  if ('each' in spec) {
    const { each, most } = spec as Many<unknown>;
    if (Array.isArray(value) && value.length <= most) {
      return value.map((one, at) => readValue(one, each as Any, findings, `${name}[${at}]`));
    }
    findings.problem ??= `${name} must be a list of at most ${most}`;
  } else if (isObject(value)) {
    return readFields(value, spec as Shape<object>, findings, {}, `${name}.`);
  } else {
    findings.problem ??= `${name} must be an object`;
  }
  return undefined;
}

function readBytes(values: object, findings: Findings, path: string): Uint8Array | undefined {
  const given = own(values, 'bytes');
  const bytes = typeof given === 'string' ? fromBase64(given) : undefined;
  if (bytes === undefined) {
    findings.problem ??= `${path}bytes must be base64`;
  } else if (Object.hasOwn(values, 'data')) {
    findings.problem ??= `${path}bytes cannot stand beside data`;
  }
  return bytes;
}

function own(values: object, name: string): unknown {
  return Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
}
