/**
 * `tautline/contract`: one description of an application's channels, for both ends.
 */

export { ContractError, type ContractErrorCode } from '../ground/contract-error.ts';
export type { ParamsArgument, ParamsOf } from '../ground/params-of.ts';
export { channelName } from '../ground/pattern.ts';
export { type AsyncApiOptions, asyncApi } from './async-api.ts';
export type { AsyncApiDocument } from './async-api-document.ts';
export { type Contract, contract } from './contract.ts';
export { type ChannelKind, type FoundChannel, findChannel, kindOf, named } from './find-channel.ts';
export type {
  CallsOf,
  ChannelOf,
  EventsOf,
  HandlersOf,
  PatternOf,
  PresenceOf,
  ProgressOf,
  SessionOf,
  Side,
  SignalsOf,
  StateOf,
  UserOf,
} from './infer.ts';
export type { JsonSchema, ToJsonSchema } from './json-schema.ts';
export type {
  InputOf,
  OutputOf,
  Schema,
  SchemaIssue,
  SchemaResult,
  SchemaRules,
} from './schema.ts';
export type {
  CallShape,
  CallShapes,
  ChannelShape,
  ContractShape,
  HistoryShape,
  Payloads,
  ReservedWord,
} from './shape.ts';
export { type Issue, type Validated, validate } from './validate.ts';
