/**
 * The client on the platform's own WebSocket.
 */
import type { Client } from './client.ts';
import { type ClientOptions, settle } from './options.ts';
import { ReturningClient } from './returning-client.ts';
import { websocket } from './transports/websocket.ts';

/**
 * Connects at once. `url` is ws:, wss:, http: or https: and, in a page or worker, may be relative to its address.
 * Throws `URL_INVALID`, `OPTION_INVALID` and, where the platform has no WebSocket and none is passed, `TRANSPORT_MISSING`.
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  return new ReturningClient(url, settle(options, options.transport ?? websocket()));
}
