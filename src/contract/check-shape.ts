/**
 * Whether a contract can be kept: what the types cannot say, and all that they say again, for those who write JavaScript.
 * In: what was written. Out: nothing. Fails: CONTRACT_INVALID, naming the place.
 */
import { ContractError } from '../ground/contract-error.ts';
import type {
  CallShape,
  ChannelShape,
  ContractShape,
  HistoryShape,
  ReservedWord,
} from './shape.ts';

/** Longest name of an event or a signal, and of a method, in characters (UTF-16 units): what fits in a message. */
export const maxEventLength = 64;
export const maxCallLength = 128;

// Tables, so that the compiler misses no field.
const contractFields: Required<{ [Field in keyof ContractShape]: true }> = {
  user: true,
  session: true,
  channels: true,
  calls: true,
};
const channelFields: Required<{ [Field in keyof ChannelShape]: true }> = {
  events: true,
  signals: true,
  state: true,
  presence: true,
  calls: true,
  history: true,
};
const callFields: Required<{ [Field in keyof CallShape]: true }> = {
  in: true,
  out: true,
  progress: true,
};
const historyFields: Required<{ [Field in keyof HistoryShape]: true }> = {
  entries: true,
  ageMs: true,
};
const reserved: Readonly<Record<ReservedWord, true>> = {
  gap: true,
  status: true,
  state: true,
  presence: true,
};

/** @throws {ContractError} `CONTRACT_INVALID` */
export function checkShape(shape: unknown): asserts shape is ContractShape {
  const { user, session, channels, calls } = fieldsOf('the contract', shape, contractFields);
  checkSchema('user', user, true);
  checkSchema('session', session, true);
  for (const [pattern, channel] of entriesOf('channels', channels ?? null)) {
    checkChannel(`"${pattern}"`, channel);
  }
  checkCalls('calls', calls);
}

function checkChannel(place: string, channel: unknown): void {
  const fields = fieldsOf(place, channel, channelFields);
  const { events, signals, state, presence, calls, history } = fields;
  if (state !== undefined && events !== undefined) {
    throw invalid(place, 'has state or events, not both: keyed state has a value per key');
  }
  checkSchema(`${place}, state`, state, true);
  checkSchema(`${place}, presence`, presence, true);
  checkPayloads(`${place}, events`, events);
  checkPayloads(`${place}, signals`, signals);
  checkApart(place, events ?? {}, signals ?? {});
  checkCalls(`${place}, calls`, calls);
  const kept = history === undefined ? {} : fieldsOf(`${place}, history`, history, historyFields);
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0)) {
      throw invalid(`${place}, history, ${name}`, 'must be a positive integer');
    }
  }
}

function checkPayloads(place: string, payloads: unknown): void {
  for (const [name, schema] of entriesOf(place, payloads)) {
    checkName(place, name, maxEventLength);
    if (Object.hasOwn(reserved, name)) {
      throw invalid(place, `"${name}" is what the client itself tells of a channel`);
    }
    checkSchema(`${place}, "${name}"`, schema);
  }
}

/** Listeners go by the name alone: else whoever may only signal could say what looks like an event of the log. */
function checkApart(place: string, events: object, signals: object): void {
  const twice = Object.keys(signals).find((name) => Object.hasOwn(events, name));
  if (twice !== undefined) {
    throw invalid(place, `an event and a signal are called "${twice}"`);
  }
}

function checkCalls(place: string, calls: unknown): void {
  for (const [name, call] of entriesOf(place, calls)) {
    checkName(place, name, maxCallLength);
    const sides = fieldsOf(`${place}, "${name}"`, call, callFields);
    checkSchema(`${place}, "${name}", in`, sides['in']);
    checkSchema(`${place}, "${name}", out`, sides['out']);
    checkSchema(`${place}, "${name}", progress`, sides['progress'], true);
  }
}

function checkName(place: string, name: string, longest: number): void {
  if (name === '' || name.length > longest || /\p{Surrogate}/u.test(name)) {
    throw invalid(place, `a name has 1 to ${longest} whole characters`);
  }
}

function checkSchema(place: string, schema: unknown, isOptional = false): void {
  if (schema === undefined && isOptional) {
    return;
  }
  const rules = isObject(schema) ? (schema as Record<string, unknown>)['~standard'] : undefined;
  const { version, validate } = isObject(rules) ? (rules as Record<string, unknown>) : {};
  if (version !== 1 || typeof validate !== 'function') {
    throw invalid(
      place,
      'must be a schema of Standard Schema v1, as Zod, Valibot and ArkType give',
    );
  }
}

function fieldsOf(
  place: string,
  value: unknown,
  known: Readonly<Record<string, true>>,
): Readonly<Record<string, unknown>> {
  const unknown = entriesOf(place, value ?? null).find(([name]) => !Object.hasOwn(known, name));
  if (unknown !== undefined) {
    const names = Object.keys(known).join(', ');
    throw invalid(place, `"${unknown[0]}" is none of its fields: ${names}`);
  }
  return value as Record<string, unknown>;
}

function entriesOf(place: string, value: unknown): [string, unknown][] {
  if (value === undefined) {
    return [];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(place, 'must be an object');
  }
  return Object.entries(value);
}

/** Schemas of some libraries are functions. */
function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function invalid(place: string, wrong: string): ContractError {
  return new ContractError('CONTRACT_INVALID', `${place}: ${wrong}`);
}
