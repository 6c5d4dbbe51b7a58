/**
 * `tautline/client/core` under the "node" condition: the same core, on our own endpoint.
 */
export {
  type BackoffOptions,
  type Cancel,
  type ClientCode,
  type ClientCodec,
  ClientError,
  type ClientErrorCode,
  type ClientTransport,
  type Clock,
  type CoreClient,
  type CoreEvents,
  type CoreLimits,
  type CoreOptions,
  type CoreSubscription,
  type CoreSubscriptionEvents,
  coreDefaults,
  type Feature,
  type GapEvent,
  type LoadSnapshot,
  type Parts,
  type Received,
  type Road,
  type RoadListener,
  type SignalReceived,
  type Status,
  type StatusChange,
  type SubscribeOptions,
  type SubscriptionChange,
  type SubscriptionStatus,
} from '../core.ts';
export { createCoreClient as createClient } from './create-client.ts';
export { dialled as websocket } from './transport.ts';
