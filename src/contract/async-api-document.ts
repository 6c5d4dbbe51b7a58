/**
 * As much of an AsyncAPI 3 document as a contract fills. Types only.
 * Source: AsyncAPI 3.0.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0).
 */
import type { JsonSchema } from './json-schema.ts';

/** An AsyncAPI 3.0.0 document: plain JSON. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly defaultContentType: 'application/json';
  readonly servers?: Readonly<Record<string, AsyncApiServer>>;
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
}

export interface AsyncApiServer {
  readonly host: string;
  readonly protocol: string;
  readonly pathname: string;
}

export interface AsyncApiChannel {
  /** The pattern, its parameters in braces; null for methods of no channel. */
  readonly address: string | null;
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly messages: Readonly<
    Record<string, { readonly name: string; readonly payload: JsonSchema }>
  >;
  /** What AsyncAPI has no word for: the kind of the channel, and how much of it is kept. */
  readonly 'x-tautline'?: JsonSchema;
}

export interface AsyncApiOperation {
  readonly action: 'receive' | 'send';
  readonly channel: AsyncApiReference;
  readonly messages: readonly AsyncApiReference[];
  readonly reply?: {
    readonly channel: AsyncApiReference;
    readonly messages: readonly AsyncApiReference[];
  };
}

export interface AsyncApiReference {
  readonly $ref: string;
}
