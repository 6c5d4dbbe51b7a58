/**
 * What a schema looks like, whichever library made it: Standard Schema v1 (https://standardschema.dev), by shape.
 * Types only. Zod, Valibot, ArkType and others give objects, or functions, of this shape.
 */

/** A schema of any library: Standard Schema v1. `Input` is what is given to it; `Output` is what it makes of that, when it is valid. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': SchemaRules<Input, Output>;
}

/** What Standard Schema v1 puts under `~standard`. */
export interface SchemaRules<Input = unknown, Output = Input> {
  readonly version: 1;
  /** The library it comes from. */
  readonly vendor: string;
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  /** For the compiler alone: it need not be there when the program runs. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** The value as the schema makes it, or what is wrong with it. Where there are issues there is no value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, in the words of the library. */
export interface SchemaIssue {
  readonly message: string;
  /** From the outside in: keys, or objects that hold one. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What may be given to this schema. */
export type InputOf<S extends Schema> = NonNullable<S['~standard']['types']>['input'];

/** What this schema makes of what is valid. */
export type OutputOf<S extends Schema> = NonNullable<S['~standard']['types']>['output'];
