/**
 * `tautline/protocol`: RFC 6455 without I/O. Runs unchanged in browsers, Node, Bun, Deno and workers.
 */
export { type CloseCode, closeCodes, mayTravel } from './close-codes.ts';
export { type Closing, closing, type Fault, type Phase, type Step } from './closing.ts';
export { Connection } from './connection.ts';
export type {
  Cancel,
  Compression,
  DeflateCodec,
  DeflateSettings,
  DeflateTuning,
  Inflated,
} from './deflate/codec.ts';
export type { AgreedDeflate, DeflateTerms } from './deflate/negotiate.ts';
export { type FaultName, faults } from './faults.ts';
export type { Output } from './frame/encode.ts';
export { openMemory } from './frame/mask.ts';
export { type KeySource, MaskKeys, platformKeys, type RandomBytes } from './frame/mask-keys.ts';
export { PreparedMessage } from './frame/prepared.ts';
export {
  type Acceptance,
  type AcceptOptions,
  accept,
  type UpgradeRequest,
} from './handshake/accept.ts';
export type { Agreed, AgreeOptions } from './handshake/agree.ts';
export {
  acceptExtended,
  type ExtendedAcceptance,
  refusalSection,
} from './handshake/extended-connect.ts';
export {
  checkExtendedResponse,
  type ExtendedRequest,
  type ExtendedResponse,
  extendedRequest,
} from './handshake/extended-request.ts';
export { type FieldSection, readFieldSection } from './handshake/field-section.ts';
export {
  type Head,
  type HeadFault,
  type HeadLimits,
  HeadReader,
  headLimitDefaults,
  readHead,
} from './handshake/head.ts';
export { HeaderList } from './handshake/header-lists.ts';
export { acceptFor, makeKey } from './handshake/key.ts';
export type { Offers } from './handshake/offers.ts';
export {
  type Refusal,
  type RefusalName,
  refusalResponse,
  refusals,
} from './handshake/refusals.ts';
export {
  checkResponse,
  type HandshakeRequest,
  isInterim,
  type ResponseFault,
  requestHead,
} from './handshake/request.ts';
export { type Manners, usualManners } from './manners.ts';
export type { MessageMemory } from './message/memory.ts';
export { pureText, type TextPort } from './message/text.ts';
export {
  type ConnectionOptions,
  connectionDefaults,
  connectionOptions,
  type LimitOptions,
  type TimingOptions,
} from './options.ts';
export type { FragmentPlace } from './send.ts';
export type { ConnectionPorts, ConnectionSink, Role } from './sink.ts';
export { UsageError, type UsageErrorCode } from './usage-error.ts';
