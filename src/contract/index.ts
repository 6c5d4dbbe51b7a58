/**
 * `tautline/contract`: one description of an application's channels, for both ends.
 */
export { type Contract, contract } from './contract.ts';
export type {
  CallsOf,
  ChannelOf,
  EventsOf,
  HandlersOf,
  ParamsArgument,
  ParamsOf,
  PatternOf,
  PresenceOf,
  Side,
  SignalsOf,
  StateOf,
  UserOf,
} from './infer.ts';
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
