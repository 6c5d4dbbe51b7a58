/**
 * `tautline/client`: the client for browsers, workers and every runtime with a global WebSocket.
 */
export type { BackoffOptions } from '../ground/backoff.ts';
export type { Cancel, Clock } from '../ground/clock.ts';
export type {
  Client,
  ClientEvents,
  StatusChange,
  SubscribeOptions,
} from './client.ts';
export { createClient } from './create-client.ts';
export { type ClientCode, ClientError, type ClientErrorCode } from './errors.ts';
export { type ClientLimits, type ClientOptions, clientDefaults } from './options.ts';
export type { Status } from './phases.ts';
export type { GapEvent, HistoryQuery, Page, Received } from './received.ts';
export type {
  PublishedAt,
  Subscription,
  SubscriptionChange,
  SubscriptionEvents,
  SubscriptionStatus,
} from './subscription.ts';
export type { ClientTransport, Road, RoadListener } from './transports/transport.ts';
export { websocket } from './transports/websocket.ts';
