/**
 * JSON Schema of a schema, to stand somewhere inside of another document.
 * In: a schema of any library, the side, and where it will stand. Out: a plain object of draft 7. Fails: JSON_SCHEMA_MISSING, naming the place.
 * Source: Standard JSON Schema v1 (https://standardschema.dev/json-schema), and RFC 6901 for pointers.
 */
import { ContractError } from '../ground/contract-error.ts';
import type { Side } from './infer.ts';
import type { Schema, SchemaRules } from './schema.ts';

/** A JSON Schema, draft 7, as a plain object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Gives the JSON Schema of a schema; undefined leaves it to the schema itself. Draft 7, which AsyncAPI takes as it is. */
export type ToJsonSchema = (schema: Schema, side: Side) => object | undefined;

/** What the libraries give, each side of a schema by a function of its own. */
type Converter = Readonly<Partial<Record<Side, (options: { target: string }) => object>>>;

/** @param pointer Where the result will stand, such as `#/components/schemas/message`: what points into the schema is moved there. */
export function jsonSchemaOf(
  schema: Schema,
  { side, pointer, convert }: { side: Side; pointer: string; convert: ToJsonSchema | undefined },
): JsonSchema {
  let found: object | undefined;
  try {
    found = convert?.(schema, side) ?? ownJsonSchema(schema, side);
  } catch (cause) {
    throw missing(pointer, 'cannot be said in JSON Schema', { cause });
  }
  if (found === undefined) {
    throw missing(pointer, 'has none by itself: give a function jsonSchema');
  }
  // The document around it says which JSON Schema it is.
  const { $schema: _, ...rest } = moved(found, pointer) as Record<string, unknown>;
  return rest;
}

/** One token of a pointer in a fragment of a URI (RFC 6901 §3 and §6). */
export function pointerToken(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function ownJsonSchema(schema: Schema, side: Side): object | undefined {
  const rules = schema['~standard'] as SchemaRules & { readonly jsonSchema?: Converter };
  return rules.jsonSchema?.[side]?.({ target: 'draft-07' });
}

/** A copy in which `#/definitions/x` points to where that is now. */
function moved(value: unknown, pointer: string): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => moved(each, pointer));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const isLocal = name === '$ref' && typeof field === 'string' && field.startsWith('#');
    return [name, isLocal ? pointer + field.slice(1) : moved(field, pointer)];
  });
  return Object.fromEntries(fields);
}

function missing(pointer: string, wrong: string, options?: { cause: unknown }): ContractError {
  const message = `the JSON Schema for ${decodeURIComponent(pointer)} ${wrong}`;
  return new ContractError('JSON_SCHEMA_MISSING', message, options);
}
