/**
 * The core of the client on the platform's own WebSocket.
 */
import type { CoreClient } from './client.ts';
import type { CoreOptions } from './client-options.ts';
import { settleCore } from './core-options.ts';
import { Hall } from './hall.ts';
import { websocket } from './transports/websocket.ts';

/**
 * Connects at once, as `createClient` of `tautline/client` does. What is not in the core stands beside it: `publishing(client)` of
 * `tautline/client/publishing`, `readHistory` of `tautline/client/history`. Throws `URL_INVALID`, `OPTION_INVALID` and `TRANSPORT_MISSING`.
 */
export function createClient(url: string, options: CoreOptions = {}): CoreClient {
  return new Hall(url, settleCore(options, options.transport ?? websocket()));
}
