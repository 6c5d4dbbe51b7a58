/**
 * `tautline/ports`: the sockets in the wall. Interfaces only, and the error that brokers reject with.
 */
export {
  type Broker,
  BrokerError,
  type BrokerErrorCode,
  type Ears,
  type Supports,
} from './broker.ts';
export type { Bus, Hear } from './bus.ts';
export type { Claim, Claims, Put, PutOptions } from './claims.ts';
export type { Desk, FrontDesk, Held, Outlet, Post } from './desk.ts';
export type { Gateway } from './gateway.ts';
export type {
  Appended,
  AppendOptions,
  Deliver,
  Durability,
  Log,
  LogPage,
  NewPublication,
  Producer,
  Retain,
  StatePage,
  Tops,
} from './log.ts';
export type { Observer } from './observer.ts';
export type { Payload, Pipe, PipeListener } from './pipe.ts';
export type {
  Guest,
  Handshake,
  Policy,
  Refusal,
  Request,
  Seen,
  TurnedAway,
  Verdict,
  Visitor,
} from './policy.ts';
