/**
 * `tautline/wire`: what our client and our hub say to each other, written once.
 */
export { fromBase64, toBase64 } from './base64.ts';
export {
  inboxChannel,
  isChannelName,
  maxChannelBytes,
  reservedMark,
  rosterMark,
} from './channel-name.ts';
export { type Checks, messageLimits } from './checks.ts';
export {
  answerRow,
  callRow,
  enterRow,
  exitRow,
  historyRow,
  publishRow,
  renewRow,
  signalRow,
} from './client-checks.ts';
export {
  type Disconnect,
  type DisconnectName,
  disconnectCodes,
  disconnects,
  type ErrorCode,
  mayReturn,
} from './codes.ts';
export {
  clientMessageFromJson,
  clientMessagesFromJson,
  isDeeperThan,
  joinJson,
  maxClientDepth,
  maxJsonLength,
  maxServerDepth,
  ownMessageFromJson,
  serverMessageFromJson,
  serverMessagesFromJson,
  toJson,
} from './json.ts';
export { resumeChannels as maxResumeChannels } from './limits.ts';
export {
  type Advanced,
  type Answer,
  type Appended,
  type Ask,
  binarySubprotocol,
  type Call,
  type Cancel,
  type CaughtUp,
  type ClientMessage,
  type Decline,
  type Disconnected,
  type Drain,
  type Enter,
  type Entered,
  type Exit,
  type Gapped,
  type Hello,
  type History,
  type HistoryPage,
  jsonSubprotocol,
  type Of,
  type Ping,
  type Pong,
  type ProducerNumber,
  type Progress,
  type Publish,
  type Published,
  type Refused,
  type Renew,
  type Renewed,
  type Reply,
  type Resume,
  type Revoke,
  type ServerMessage,
  type Signal,
  type Signalled,
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
export type { Parsed, ParsedFrame } from './read-message.ts';
export { applyEntry, applySnapshot, memberFrom, type Roster, type RosterChange } from './roster.ts';
export type {
  ChannelKind,
  Gap,
  GapReason,
  Link,
  Member,
  Position,
  Publication,
} from './vocabulary.ts';
