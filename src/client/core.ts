/**
 * `tautline/client/core`: the least of the client with which nothing is lost: connections that come back, sessions, channels with
 * positions and gaps, and signals. What is not in it stands beside it.
 */
export type { BackoffOptions } from '../ground/backoff.ts';
export type { Cancel, Clock } from '../ground/clock.ts';
export type { CoreClient, CoreEvents, StatusChange, SubscribeOptions } from './client.ts';
export type { CoreLimits, CoreOptions } from './client-options.ts';
export type { ClientCodec } from './codecs/codec.ts';
export { coreDefaults } from './core-options.ts';
export { createClient } from './create-core-client.ts';
export { type ClientCode, ClientError, type ClientErrorCode } from './errors.ts';
export type { Feature, Parts } from './feature.ts';
export type { Status } from './phases.ts';
export type { GapEvent, Received, SignalReceived } from './received.ts';
export type { LoadSnapshot } from './resync.ts';
export type {
  CoreSubscription,
  CoreSubscriptionEvents,
  SubscriptionChange,
  SubscriptionStatus,
} from './subscription.ts';
export type { ClientTransport, Road, RoadListener } from './transports/transport.ts';
export { websocket } from './transports/websocket.ts';
