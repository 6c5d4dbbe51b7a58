/**
 * The client on the platform's own WebSocket.
 */
import type { Client } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import { settle } from './options.ts';
import { websocket } from './transports/websocket.ts';
import { WholeClient } from './whole-client.ts';

/**
 * Connects at once. `url` is ws:, wss:, http: or https: and, in a page or worker, may be relative to its address.
 * Throws `URL_INVALID`, `OPTION_INVALID` and, where the platform has no WebSocket and none is passed, `TRANSPORT_MISSING`.
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  return new WholeClient(url, settle(options, options.transport ?? websocket()));
}
