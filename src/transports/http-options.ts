/**
 * What bounds roads of HTTP, and their times.
 * In: options. Out: all of them. Fails: `OPTION_INVALID` for what is not above zero.
 */
import { UsageError } from '../endpoint/index.ts';

/** How many roads by plain requests there may be, and how much each may hold. */
export interface HttpRoadLimits {
  /** A road without a downlink for so long is over, in milliseconds: the client comes back with its positions. @default 30_000 */
  readonly idleMs?: number;
  /** A road whose client sends no request for so long is over, whatever its downlink says, in milliseconds. @default 60_000 */
  readonly silentMs?: number;
  /** A poll for which there is nothing is answered after so long, in milliseconds. @default 25_000 */
  readonly pollMs?: number;
  /** Silence on a stream before a comment is sent, in milliseconds. @default 15_000 */
  readonly heartbeatMs?: number;
  /** Time for a body to arrive, in milliseconds; of a large one each 256 KiB have so much. @default 10_000 */
  readonly bodyWithinMs?: number;
  /** Time for another node to say that it has a road, in milliseconds; then the road counts as gone. @default 2_000 */
  readonly relayWithinMs?: number;
  /** The end of a road is told for so long, in milliseconds. @default 5_000 */
  readonly lingerMs?: number;
  /** Of one request. @default 4_194_304 */
  readonly maxBodyBytes?: number;
  /** Messages in one request. @default 256 */
  readonly maxBatch?: number;
  /** What is written into one answer to a poll, about. @default 262_144 */
  readonly maxAnswerBytes?: number;
  /** What waits for a client is low again at this. @default 262_144 */
  readonly highWaterBytes?: number;
  /** What may wait for one client until it says that it has come; beyond it the road is over. @default 16_777_216 */
  readonly maxBufferedBytes?: number;
  /** Roads open at once. @default 100_000 */
  readonly maxRoads?: number;
  /** Roads open at once of one address, which may be that of a proxy. @default 20_000 */
  readonly maxRoadsPerAddress?: number;
  /** Spaces in front of a stream, for proxies that pass nothing on before they have so much. @default 2_048 */
  readonly paddingBytes?: number;
}

/** The defaults of `HttpRoadLimits`. */
export const httpRoadDefaults: Required<HttpRoadLimits> = {
  idleMs: 30_000,
  silentMs: 60_000,
  pollMs: 25_000,
  heartbeatMs: 15_000,
  bodyWithinMs: 10_000,
  relayWithinMs: 2_000,
  lingerMs: 5_000,
  maxBodyBytes: 4_194_304,
  maxBatch: 256,
  maxAnswerBytes: 262_144,
  highWaterBytes: 262_144,
  maxBufferedBytes: 16_777_216,
  maxRoads: 100_000,
  maxRoadsPerAddress: 20_000,
  paddingBytes: 2_048,
};

/** @throws {UsageError} `OPTION_INVALID` */
export function httpRoadLimits(given: HttpRoadLimits): Required<HttpRoadLimits> {
  const limits: { -readonly [Name in keyof HttpRoadLimits]-?: number } = { ...httpRoadDefaults };
  for (const name of Object.keys(httpRoadDefaults) as (keyof HttpRoadLimits)[]) {
    const value = given[name] ?? httpRoadDefaults[name];
    if (typeof value !== 'number' || !(value > 0)) {
      throw new UsageError('OPTION_INVALID', `${name} must be a number above 0`);
    }
    limits[name] = value;
  }
  return limits;
}
