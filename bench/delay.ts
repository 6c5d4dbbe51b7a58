/**
 * A long way in one machine: a proxy that passes every byte on later, and loses none.
 * In: a port, and the time of a round trip. Out: another port. How much may be under way is for the two ends to say: it has no limit.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface DelayedPort {
  readonly port: number;
  stop(): void;
}

export async function delay(port: number, roundTripMs: number): Promise<DelayedPort> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (chunk: Buffer) => {
        setTimeout(() => to.write(chunk), roundTripMs / 2);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}
