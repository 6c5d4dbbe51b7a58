/**
 * What the tests of the browser's shape share: the names of exceptions, and a record of events.
 */
import { onTestFinished } from 'vitest';
import { WebSocket } from '../../src/browser-shape/index.ts';

/** A DOMException by its name, for `toThrow`. */
export function named(name: string): Error {
  const matcher: unknown = {
    asymmetricMatch: (error: unknown) => error instanceof DOMException && error.name === name,
    toString: () => `DOMException ${name}`,
  };
  return matcher as Error;
}

export type Told = readonly [type: string, ...details: readonly unknown[]];

/** Every event in order, as it is told. */
export function tell(websocket: WebSocket): Told[] {
  const told: Told[] = [];
  websocket.addEventListener('open', () => told.push(['open']));
  websocket.addEventListener('message', ({ data }) => told.push(['message', data]));
  websocket.addEventListener('error', () => told.push(['error']));
  websocket.addEventListener('close', ({ code, reason, wasClean }) =>
    told.push(['close', code, reason, wasClean]),
  );
  return told;
}

/** The next event of this type. */
export function once(websocket: WebSocket, type: string): Promise<Event> {
  return new Promise((resolve) => websocket.addEventListener(type, resolve, { once: true }));
}

/** Gone when the test is over. */
export function connect(...given: ConstructorParameters<typeof WebSocket>): WebSocket {
  const websocket = new WebSocket(...given);
  onTestFinished(() => websocket.close());
  return websocket;
}

export async function open(...given: ConstructorParameters<typeof WebSocket>): Promise<WebSocket> {
  const websocket = connect(...given);
  await once(websocket, 'open');
  return websocket;
}
