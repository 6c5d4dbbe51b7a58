import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv } from 'ajv';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asyncApi } from '../../src/contract/async-api.ts';
import type { AsyncApiDocument } from '../../src/contract/async-api-document.ts';
import { type Contract, contract } from '../../src/contract/contract.ts';
import type { ToJsonSchema } from '../../src/contract/json-schema.ts';

const specification = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json'),
    'utf8',
  ),
) as object;
// It brings JSON Schema itself along. Its formats are those of references and addresses, which are checked below by following them.
const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
const isAsyncApi = ajv.compile(specification);

const valibot: ToJsonSchema = (schema, side) =>
  schema['~standard'].vendor === 'valibot'
    ? toJsonSchema(schema as unknown as v.GenericSchema, { typeMode: side, target: 'draft-07' })
    : undefined;

const about = { title: 'Chat', version: '1.2.0', jsonSchema: valibot };

const contracts: readonly (readonly [string, Contract])[] = [
  [
    'zod',
    contract({
      channels: {
        'chat/:room': {
          events: { message: z.object({ text: z.string().max(2000), by: z.string() }) },
          signals: { typing: z.object({ by: z.string() }) },
          presence: z.object({ name: z.string().default('nobody') }),
          calls: {
            send: { in: z.object({ text: z.string() }), out: z.object({ id: z.string() }) },
          },
          history: { entries: 1000, ageMs: 86_400_000 },
        },
        'price/:symbol': { state: z.object({ bid: z.number(), ask: z.number() }) },
        lobby: {},
      },
      calls: { now: { in: z.null(), out: z.number(), progress: z.string().transform(Number) } },
    }),
  ],
  [
    'valibot',
    contract({
      channels: {
        'chat/:room': {
          events: { message: v.object({ text: v.pipe(v.string(), v.maxLength(2000)) }) },
          calls: { send: { in: v.object({ text: v.optional(v.string(), '') }), out: v.null() } },
        },
        'price/:symbol': { state: v.object({ bid: v.number(), ask: v.number() }) },
      },
    }),
  ],
  [
    'arktype',
    contract({
      channels: {
        'chat/:room': {
          events: { message: type({ text: 'string <= 2000' }) },
          calls: { send: { in: type({ text: "string = ''" }), out: type('null') } },
        },
        'price/:symbol': { state: type({ bid: 'number', ask: 'number' }) },
      },
    }),
  ],
];

/** What a reference leads to. */
function follow(document: AsyncApiDocument, $ref: string): unknown {
  let at: unknown = document;
  for (const token of decodeURIComponent($ref).replace(/^#\//, '').split('/')) {
    at = (at as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
    expect(at, $ref).toBeDefined();
  }
  return at;
}

/** Whether the value fits the schema that stands there, in the midst of the document. */
function fits(document: AsyncApiDocument, $ref: string, value: unknown): boolean {
  const around = new Ajv({ strict: false }).addSchema({ $id: 'https://acme.dev/app', ...document });
  return around.compile({ $ref: `https://acme.dev/app${$ref}` })(value);
}

function refsIn(value: unknown): string[] {
  return JSON.stringify(value)
    .split('"$ref":"')
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf('"')));
}

describe.each(contracts)('a contract of %s as AsyncAPI', (_, app) => {
  const document = asyncApi(app, about);

  it('is what the specification calls one', () => {
    expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 3))).toBe(true);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('would not be with a wrong word in it, nor with a wrong schema', () => {
    const id = 'receive.chat/:room';
    const operation = { ...document.operations[id], action: 'shout' };
    expect(isAsyncApi({ ...document, operations: { [id]: operation } })).toBe(false);
    const messages = { m: { payload: { type: 'text' } } };
    expect(isAsyncApi({ ...document, channels: { a: { messages } } })).toBe(false);
  });

  it('has references that lead somewhere', () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(5);
    for (const $ref of refs) {
      follow(document, $ref);
    }
  });

  it('has the schemas of the contract', () => {
    const message = '#/channels/chat~1%3Aroom/messages/event.message/payload';
    const right = { text: 'hi', by: 'ann' };
    expect(fits(document, message, right)).toBe(true);
    expect(fits(document, message, { ...right, text: 5 })).toBe(false);
    expect(fits(document, message, { ...right, text: 'x'.repeat(2001) })).toBe(false);
    const state = '#/channels/price~1%3Asymbol/messages/state/payload';
    expect(fits(document, state, { bid: 1, ask: 2 })).toBe(true);
    expect(fits(document, state, { bid: 1 })).toBe(false);
  });
});

describe('a contract as AsyncAPI', () => {
  const document = asyncApi(contracts[0]![1], { ...about, server: 'wss://rt.acme.dev/live' });
  const channel = { $ref: '#/channels/chat~1%3Aroom' };
  const message = (id: string) => ({ $ref: `${channel.$ref}/messages/${id}` });

  it('says what it is, and where', () => {
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'Chat', version: '1.2.0' },
      servers: { main: { host: 'rt.acme.dev', protocol: 'wss', pathname: '/live' } },
    });
    expect(document.info).not.toHaveProperty('description');
    expect(asyncApi(contracts[0]![1], { ...about, description: 'Rooms.' }).info.description).toBe(
      'Rooms.',
    );
    expect(asyncApi(contracts[0]![1], about)).not.toHaveProperty('servers');
  });

  it('has a channel for each pattern, its parameters in braces', () => {
    expect(Object.keys(document.channels)).toEqual([
      'chat/:room',
      'price/:symbol',
      'lobby',
      '~calls',
    ]);
    const { address, parameters, messages } = document.channels['chat/:room']!;
    expect(address).toBe('chat/{room}');
    expect(Object.keys(parameters!)).toEqual(['room']);
    expect(Object.keys(messages)).toEqual([
      'event.message',
      'signal.typing',
      'presence',
      'call.send.in',
      'call.send.out',
    ]);
    expect(document.channels['lobby']).not.toHaveProperty('parameters');
    expect(document.channels['~calls']!.address).toBeNull();
  });

  it('says what AsyncAPI has no word for', () => {
    expect(document.channels['chat/:room']!['x-tautline']).toEqual({
      kind: 'log',
      history: { entries: 1000, ageMs: 86_400_000 },
    });
    expect(document.channels['price/:symbol']!['x-tautline']).toEqual({ kind: 'state' });
  });

  it('tells what clients say from what they are told, and what is answered', () => {
    const said = [message('event.message'), message('signal.typing')];
    expect(document.operations['receive.chat/:room']).toEqual({
      action: 'receive',
      channel,
      messages: said,
    });
    expect(document.operations['send.chat/:room']).toEqual({
      action: 'send',
      channel,
      messages: [...said, message('presence')],
    });
    expect(document.operations['call.chat/:room#send']).toEqual({
      action: 'receive',
      channel,
      messages: [message('call.send.in')],
      reply: { channel, messages: [message('call.send.out')] },
    });
    const calls = { $ref: '#/channels/~0calls' };
    const told = (name: string) => ({ $ref: `${calls.$ref}/messages/${name}` });
    expect(document.operations['call.~calls#now']!.reply).toEqual({
      channel: calls,
      messages: [told('call.now.out'), told('call.now.progress')],
    });
    expect(document.channels['~calls']!.messages['call.now.progress']).toEqual({
      name: 'now',
      payload: { type: 'string' },
    });
    expect(Object.keys(document.operations)).not.toContain('receive.lobby');
  });

  it('has the side of each schema that goes over the wire: what is given, and what is answered', () => {
    const name = z.object({ name: z.string().default('nobody') });
    const call = { in: name, out: name };
    const both = contract({
      channels: { a: { events: { m: name }, presence: name, calls: { c: call } } },
      calls: { d: call },
    });
    const { channels } = asyncApi(both, about);
    const mustHaveIt = Object.values(channels)
      .flatMap(({ messages }) => Object.entries(messages))
      .filter(([, { payload }]) => 'required' in payload)
      .map(([id]) => id);
    expect(mustHaveIt).toEqual(['call.c.out', 'call.d.out']);
  });

  it('names each message apart, whatever it is called', () => {
    const call = { in: z.string(), out: z.string() };
    const odd = contract({
      channels: {
        a: { calls: { 'b.c': call, 'b.c.in': call }, events: { 'a/b~c d%': z.string() } },
        'a.b': { calls: { c: call } },
        __proto__x: { events: { state_: z.string(), __proto: z.string() } },
        ['__proto__']: { events: { ['__proto__']: z.string() } },
      },
    });
    const { channels, operations } = asyncApi(odd, about);
    expect(Object.keys(channels)).toHaveLength(4);
    expect(Object.values(channels).map(({ messages }) => Object.keys(messages).length)).toEqual([
      5, 2, 2, 1,
    ]);
    expect(Object.keys(operations).filter((id) => id.startsWith('call.'))).toHaveLength(3);
    for (const $ref of refsIn(operations)) {
      follow(asyncApi(odd, about), $ref);
    }
  });

  it('has no schema made up: what gives no JSON Schema is refused, by name', () => {
    const app = contract({ channels: { a: { events: { m: v.string() } } } });
    expect(() => asyncApi(app, { title: 'Chat', version: '1' })).toThrow(
      expect.objectContaining({
        code: 'JSON_SCHEMA_MISSING',
        message: expect.stringContaining('#/channels/a/messages/event.m'),
      }),
    );
  });

  it('takes no server that is no URL', () => {
    expect(() => asyncApi(contracts[0]![1], { ...about, server: 'rt.acme.dev' })).toThrow(
      TypeError,
    );
  });
});
