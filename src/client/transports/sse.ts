/**
 * `tautline/client/sse`: events down a stream, POST up. For networks that let no websocket through.
 * Fails: `TRANSPORT_MISSING`, thrown where the platform has no `fetch`; all else is a `closed`.
 */
import { type HttpRoadOptions, httpTransport } from './http-road.ts';
import type { ClientTransport } from './transport.ts';

export type { Locks } from './held-downlink.ts';
export type { Fetch } from './http-request.ts';
export { type HttpRoadOptions, httpRoadDefaults } from './http-road.ts';

/**
 * Events down a stream, POST up.
 * @throws {ClientError} `TRANSPORT_MISSING`, `OPTION_INVALID`.
 */
export function sse(options: HttpRoadOptions = {}): ClientTransport {
  return httpTransport('sse', 'stream', options);
}
