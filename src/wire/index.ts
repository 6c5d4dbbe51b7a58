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
export type {
  Answer,
  Call,
  Cancel,
  ClientMessage,
  Decline,
  Enter,
  Exit,
  Hello,
  History,
  Ping,
  ProducerNumber,
  Publish,
  Renew,
  Resume,
  Signal,
  Subscribe,
  Unsubscribe,
} from './client-messages.ts';
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
  binarySubprotocol,
  jsonSubprotocol,
  type Of,
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
  Advanced,
  Appended,
  Ask,
  CaughtUp,
  Disconnected,
  Drain,
  Entered,
  Gapped,
  HistoryPage,
  Pong,
  Progress,
  Published,
  Refused,
  Renewed,
  Reply,
  Revoke,
  ServerMessage,
  Signalled,
  Subscribed,
  Unsubscribed,
  Welcome,
} from './server-messages.ts';
export {
  closeFrame,
  maxStrand,
  messageFrame,
  openFrame,
  readStrandFrame,
  type StrandFrame,
  tabsSubprotocol,
} from './strands.ts';
export type {
  ChannelKind,
  Gap,
  GapReason,
  Link,
  Member,
  Position,
  Publication,
} from './vocabulary.ts';
