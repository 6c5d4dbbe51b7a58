/**
 * The parameters of a pattern, as types: read from the pattern by the compiler.
 */

/** The parameters of a pattern: `{ room: string }` of `chat/:room`. */
export type ParamsOf<P extends string> = string extends P
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParamNameOf<P>]: string };

type ParamNameOf<P extends string> = P extends `${infer First}/${infer Rest}`
  ? ParamOf<First> | ParamNameOf<Rest>
  : ParamOf<P>;

type ParamOf<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

/** The argument after a pattern: its parameters, or nothing where it has none. The compiler does not guess the pattern from it. */
export type ParamsArgument<P extends string> = ArgumentOf<NoInfer<P>>;

type ArgumentOf<P extends string> = string extends P
  ? [params?: ParamsOf<P>]
  : [ParamNameOf<P>] extends [never]
    ? [params?: Readonly<Record<string, never>>]
    : [params: ParamsOf<P>];
