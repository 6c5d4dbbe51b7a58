/**
 * `tautline/wire`: what our client and our hub say to each other, written once.
 */
export { isChannelName, maxChannelBytes } from './channel-name.ts';
export { messageLimits } from './checks.ts';
export {
  type Disconnect,
  type DisconnectName,
  disconnects,
  type ErrorCode,
  mayReturn,
} from './codes.ts';
export {
  clientMessageFromJson,
  isDeeperThan,
  maxClientDepth,
  maxJsonLength,
  maxServerDepth,
  type Parsed,
  serverMessageFromJson,
  toJson,
} from './json.ts';
export {
  type Appended,
  type CaughtUp,
  type ClientMessage,
  type Disconnected,
  type Gapped,
  type Hello,
  type History,
  type HistoryPage,
  jsonSubprotocol,
  type Of,
  type Ping,
  type Pong,
  type Publish,
  type Published,
  type Refused,
  type ServerMessage,
  type Subscribe,
  type Subscribed,
  type Unsubscribe,
  type Unsubscribed,
  type Welcome,
  wireVersion,
} from './messages.ts';
export {
  at,
  beginning,
  fromText,
  maxEpochLength,
  maxIdLength,
  type Standing,
  sameEntry,
  samePosition,
  standing,
  toText,
} from './position.ts';
export type { Gap, GapReason, Link, Position, Publication } from './vocabulary.ts';
