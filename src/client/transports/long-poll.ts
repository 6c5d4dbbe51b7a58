/**
 * `tautline/client/long-poll`: requests that wait for their answers down, POST up. For networks that hold streams back.
 * Fails: `TRANSPORT_MISSING`, thrown where the platform has no `fetch`; all else is a `closed`.
 */
import { type HttpRoadOptions, httpTransport } from './http-road.ts';
import type { ClientTransport } from './transport.ts';

export type { Locks } from './held-downlink.ts';
export type { Fetch } from './http-request.ts';
export { type HttpRoadOptions, httpRoadDefaults } from './http-road.ts';

/**
 * Requests that wait for their answers down, POST up.
 * @throws {ClientError} `TRANSPORT_MISSING`, `OPTION_INVALID`.
 */
export function longPoll(options: HttpRoadOptions = {}): ClientTransport {
  return httpTransport('long-poll', 'poll', options);
}
