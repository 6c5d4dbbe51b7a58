/**
 * The contract as an AsyncAPI 3 document, for people and tools that do not read TypeScript.
 * In: a contract, and what it does not say itself. Out: a plain object, JSON. Fails: JSON_SCHEMA_MISSING.
 * Source: AsyncAPI 3.0.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0). The application it describes is the server: `receive` is
 * what clients say, `send` what they are told.
 */
import type { Pattern } from '../ground/pattern.ts';
import type {
  AsyncApiChannel,
  AsyncApiDocument,
  AsyncApiOperation,
  AsyncApiReference,
  AsyncApiServer,
} from './async-api-document.ts';
import type { Contract } from './contract.ts';
import { kindOf } from './find-channel.ts';
import type { Side } from './infer.ts';
import { type JsonSchema, jsonSchemaOf, pointerToken, type ToJsonSchema } from './json-schema.ts';
import type { Schema } from './schema.ts';
import type { CallShapes, ChannelShape, Payloads } from './shape.ts';

/** What a contract does not say of itself. */
export interface AsyncApiOptions {
  /** Of the application. */
  readonly title: string;
  /** Of the application's interface, not of AsyncAPI. */
  readonly version: string;
  /** A few sentences, in CommonMark. */
  readonly description?: string;
  /** Where it is served, such as `wss://rt.acme.dev/`. */
  readonly server?: string;
  /** For schemas of libraries that give no JSON Schema by themselves. */
  readonly jsonSchema?: ToJsonSchema;
}

/** The channel of methods that belong to none: no pattern begins with this mark. */
const callsId = '~calls';
const written =
  'Letters, digits, "-", "_" and "." stand for themselves; of everything else each byte of UTF-8 is "=" and two hexadecimal digits.';

/**
 * Writes the contract down as AsyncAPI 3.0.0, with JSON Schemas of draft 7.
 *
 * @throws {ContractError} `JSON_SCHEMA_MISSING`
 * @throws {TypeError} `server` is no URL.
 */
export function asyncApi(
  { shape, patterns }: Contract,
  { title, version, description, server, jsonSchema }: AsyncApiOptions,
): AsyncApiDocument {
  const draft: Draft = { channels: new Map(), operations: new Map(), convert: jsonSchema };
  for (const pattern of patterns) {
    addChannel(draft, pattern, shape.channels[pattern.text]!);
  }
  if (shape.calls !== undefined) {
    const channel: DraftChannel = { id: callsId, messages: new Map() };
    addCalls(draft, channel, shape.calls);
    draft.channels.set(callsId, {
      address: null,
      messages: Object.fromEntries(channel.messages),
    });
  }
  return {
    asyncapi: '3.0.0',
    info: { title, version, ...(description === undefined ? {} : { description }) },
    defaultContentType: 'application/json',
    ...(server === undefined ? {} : { servers: { main: serverOf(server) } }),
    channels: Object.fromEntries(draft.channels),
    operations: Object.fromEntries(draft.operations),
  };
}

interface Draft {
  readonly channels: Map<string, AsyncApiChannel>;
  readonly operations: Map<string, AsyncApiOperation>;
  readonly convert: ToJsonSchema | undefined;
}

interface DraftChannel {
  readonly id: string;
  readonly messages: Map<string, { readonly name: string; readonly payload: JsonSchema }>;
}

function addChannel(
  draft: Draft,
  { text: id, segments, params }: Pattern,
  shape: ChannelShape,
): void {
  const channel: DraftChannel = { id, messages: new Map() };
  const { events, signals, state, presence, calls, history } = shape;
  const said = [
    ...addPayloads(draft, channel, 'event', events),
    ...addPayloads(draft, channel, 'signal', signals),
    ...(state === undefined ? [] : [addMessage(draft, channel, 'state', 'state', state)]),
  ];
  addOperation(draft, channel, 'receive', said);
  const told =
    presence === undefined ? [] : [addMessage(draft, channel, 'presence', 'presence', presence)];
  addOperation(draft, channel, 'send', [...said, ...told]);
  addCalls(draft, channel, calls ?? {});
  const address = segments.map(({ literal, param }) => literal ?? `{${param}}`).join('/');
  const parameters = Object.fromEntries(params.map((name) => [name, { description: written }]));
  draft.channels.set(id, {
    address,
    ...(params.length === 0 ? {} : { parameters }),
    messages: Object.fromEntries(channel.messages),
    'x-tautline': { kind: kindOf(shape), ...(history === undefined ? {} : { history }) },
  });
}

function addPayloads(
  draft: Draft,
  channel: DraftChannel,
  word: 'event' | 'signal',
  payloads: Payloads | undefined,
): AsyncApiReference[] {
  return Object.entries<Schema>(payloads ?? {}).map(([name, schema]) =>
    addMessage(draft, channel, `${word}.${name}`, name, schema),
  );
}

/** What is sent is what was given: the input, of progress too. Of a method's answer the caller sees the output. */
function addCalls(draft: Draft, channel: DraftChannel, calls: CallShapes): void {
  for (const [name, call] of Object.entries(calls)) {
    const given = addMessage(draft, channel, `call.${name}.in`, name, call.in);
    const answers = [addMessage(draft, channel, `call.${name}.out`, name, call.out, 'output')];
    if (call.progress !== undefined) {
      answers.push(addMessage(draft, channel, `call.${name}.progress`, name, call.progress));
    }
    // No pattern has this mark in it: no two operations have one name.
    draft.operations.set(`call.${channel.id}#${name}`, {
      action: 'receive',
      channel: refTo(channel),
      messages: [given],
      reply: { channel: refTo(channel), messages: answers },
    });
  }
}

function addOperation(
  draft: Draft,
  channel: DraftChannel,
  action: 'receive' | 'send',
  messages: readonly AsyncApiReference[],
): void {
  if (messages.length > 0) {
    draft.operations.set(`${action}.${channel.id}`, {
      action,
      channel: refTo(channel),
      messages,
    });
  }
}

function addMessage(
  { convert }: Draft,
  channel: DraftChannel,
  id: string,
  name: string,
  schema: Schema,
  side: Side = 'input',
): AsyncApiReference {
  const { $ref } = refTo(channel);
  const pointer = `${$ref}/messages/${pointerToken(id)}`;
  const payload = jsonSchemaOf(schema, { side, pointer: `${pointer}/payload`, convert });
  channel.messages.set(id, { name, payload });
  return { $ref: pointer };
}

function refTo({ id }: DraftChannel): AsyncApiReference {
  return { $ref: `#/channels/${pointerToken(id)}` };
}

function serverOf(server: string): AsyncApiServer {
  const { host, protocol, pathname } = new URL(server);
  return { host, protocol: protocol.slice(0, -1), pathname };
}
