/**
 * `tautline/client` under the "node" condition: the same client, on our own endpoint.
 */
export {
  type BackoffOptions,
  type Cancel,
  type Client,
  type ClientCode,
  ClientError,
  type ClientErrorCode,
  type ClientEvents,
  type ClientLimits,
  type ClientOptions,
  type ClientTransport,
  type Clock,
  clientDefaults,
  type GapEvent,
  type HistoryQuery,
  type Page,
  type PublishedAt,
  type Received,
  type Road,
  type RoadListener,
  type Status,
  type StatusChange,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionChange,
  type SubscriptionEvents,
  type SubscriptionStatus,
} from '../index.ts';
export { createClient } from './create-client.ts';
