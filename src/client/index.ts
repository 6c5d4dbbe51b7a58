/**
 * `tautline/client`: the client for browsers, workers and every runtime with a global WebSocket.
 */
export type { BackoffOptions } from '../ground/backoff.ts';
export type { Cancel, Clock } from '../ground/clock.ts';
export type { AskHandler } from './asks.ts';
export type { CallOptions } from './call.ts';
export type {
  Client,
  ClientEvents,
  StatusChange,
  SubscribeOptions,
} from './client.ts';
export type { ClientLimits, ClientOptions } from './client-options.ts';
export type { ClientCodec } from './codecs/codec.ts';
export { createClient } from './create-client.ts';
export { type ClientCode, ClientError, type ClientErrorCode } from './errors.ts';
export type {
  Holder,
  KeepOutbox,
  KeepPort,
  Kept,
  KeptLane,
  KeptStay,
  OutboxKeeper,
} from './keeping.ts';
export type { StateChange } from './keyed-state.ts';
export type { KeptLetter, OutboxEntry, OutboxStatus } from './letter.ts';
export { clientDefaults } from './options.ts';
export type { OutboxEvents, OutboxView } from './outbox-view.ts';
export type { Status } from './phases.ts';
export type { GapEvent, HistoryQuery, Page, Received, SignalReceived } from './received.ts';
export type { LoadSnapshot } from './resync.ts';
export type {
  PublishedAt,
  PublishOptions,
  Subscription,
  SubscriptionChange,
  SubscriptionEvents,
  SubscriptionStatus,
} from './subscription.ts';
export type { ClientTransport, Road, RoadListener } from './transports/transport.ts';
export { websocket } from './transports/websocket.ts';
