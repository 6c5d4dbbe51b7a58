/**
 * What stands in the place of a server that cannot be installed, as the tests hold it.
 * In: an HTTP server and the websockets on it. Out: where it listens, and its end.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocketServer } from 'ws';

export interface StandIn {
  /** Without a slash at its end. */
  readonly url: string;
  close(): void;
}

export async function listen(http: Server, websockets: WebSocketServer): Promise<StandIn> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of websockets.clients) {
        socket.terminate();
      }
      http.close();
      http.closeAllConnections();
    },
  };
}
