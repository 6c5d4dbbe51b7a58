import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf, pointerToken, type ToJsonSchema } from '../../src/contract/json-schema.ts';
import type { Schema } from '../../src/contract/schema.ts';

const of = (schema: Schema, convert?: ToJsonSchema, side: 'input' | 'output' = 'input') =>
  jsonSchemaOf(schema, { side, pointer: '#/there', convert });

describe('the JSON Schema of a schema', () => {
  it.each([
    ['zod', z.object({ text: z.string() })],
    ['arktype', type({ text: 'string' })],
  ])('%s gives it by itself', (_, schema) => {
    expect(of(schema)).toEqual({
      type: 'object',
      properties: { text: { type: 'string' } },
      required: ['text'],
    });
  });

  it('has two sides where the schema has', () => {
    const schema = z.object({ name: z.string().default('nobody') });
    expect(of(schema)).not.toHaveProperty('required');
    expect(of(schema, undefined, 'output')).toHaveProperty('required', ['name']);
  });

  it('comes from the function first, which may leave it to the schema', () => {
    const asked: unknown[] = [];
    const convert: ToJsonSchema = (schema, side) => {
      asked.push([schema['~standard'].vendor, side]);
      return schema['~standard'].vendor === 'valibot' ? { type: 'string' } : undefined;
    };
    expect(of(v.string(), convert)).toEqual({ type: 'string' });
    expect(of(z.number(), convert, 'output')).toEqual({ type: 'number' });
    expect(asked).toEqual([
      ['valibot', 'input'],
      ['zod', 'output'],
    ]);
  });

  it('does not say which JSON Schema it is: the document does', () => {
    expect(z.string()['~standard'].jsonSchema.input({ target: 'draft-07' })).toHaveProperty(
      '$schema',
    );
    expect(of(z.string())).toEqual({ type: 'string' });
  });

  it('points to itself where it stands', () => {
    interface Tree {
      readonly children: readonly Tree[];
    }
    const tree: z.ZodType<Tree> = z.object({
      get children() {
        return z.array(tree);
      },
    });
    expect(of(tree)).toMatchObject({
      properties: { children: { items: { $ref: '#/there' } } },
    });
    const convert = () => ({
      anyOf: [{ $ref: '#/definitions/a' }, { $ref: 'https://acme.dev/b' }],
      properties: { $ref: { const: 1 } },
    });
    expect(of(z.string(), convert)).toEqual({
      anyOf: [{ $ref: '#/there/definitions/a' }, { $ref: 'https://acme.dev/b' }],
      properties: { $ref: { const: 1 } },
    });
  });

  it('is missing where the library has none, or cannot say it', () => {
    expect(() => of(v.string())).toThrow(
      expect.objectContaining({
        code: 'JSON_SCHEMA_MISSING',
        message: 'the JSON Schema for #/there has none by itself: give a function jsonSchema',
      }),
    );
    expect(() => of(z.bigint())).toThrow(
      expect.objectContaining({ code: 'JSON_SCHEMA_MISSING', cause: expect.any(Error) }),
    );
  });
});

describe('RFC 6901: a token of a pointer', () => {
  it.each([
    ['a', 'a'],
    ['a/b', 'a~1b'],
    ['m~n', 'm~0n'],
    ['~1', '~01'],
    ['c%d e', 'c%25d%20e'],
    ['chat/:room', 'chat~1%3Aroom'],
  ])('%s is %s', (name, token) => {
    expect(pointerToken(name)).toBe(token);
  });
});
