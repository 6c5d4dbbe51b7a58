/**
 * `tautline/ports`: the sockets in the wall. Interfaces only, and the error that brokers reject with.
 */
export {
  type Broker,
  BrokerError,
  type BrokerErrorCode,
  type Deliver,
  type LogPage,
  type NewPublication,
} from './broker.ts';
export type { Desk, FrontDesk, Outlet } from './desk.ts';
export type { Gateway } from './gateway.ts';
export type { Observer } from './observer.ts';
export type { Payload, Pipe, PipeListener } from './pipe.ts';
export type { Policy, Request, Visitor } from './policy.ts';
